"""English: every word and pattern that the rules need."""

from __future__ import annotations

from borderflow.evidence.language import Hedge, Language

# fmt: off

_N = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a|an|several|few|couple of)"
_DAYS = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_SOME = r"(?: (?:only|just|its|over|about|some|around|roughly|nearly|almost|more|than|less|fewer|approximately|estimated|an|a|population|of)){0,5} [\d][\d.,]*(?: million| thousand)? "
"""A number with words of doubt before it."""
_CLAUSE = "while|whereas|but|although|though|because|as well as|before|after which|where|which|who|when|with|comprising|including"
_SAY = (
    r"(?:said|says|say|saying|told|tells|reported|reports|announced|announces|stated|states|added|adds|confirmed|confirms|wrote|writes|noted|notes|"
    r"estimated|estimates|explained|counted|recalled|recalls|posted|tweeted|claimed|claims|put|warned|show|showed|shows|joked|acknowledged)"
)

WORDS = {
    # nouns after a number
    "people": (
        "people person persons individual individuals citizen citizens national nationals resident residents inhabitants man men women woman child "
        "children minors boys girls civilian civilians villager villagers foreigner foreigners traveller travellers traveler travelers passenger "
        "passengers pedestrian pedestrians student students worker workers labourers holder holders souls adults elderly reservists conscripts "
        "folk folks males females companions escorts patients peoples sleepers occupants beneficiaries walkers kids teenagers orphans toddlers mothers rohingya rohingyas yazidis yezidis kurds hazaras tutsis hutus masalit banyamulenge karen guests pilgrims tourists others nationals compatriots expatriates deportees survivors babies infants youths pax poc pocs relatives customers clients applicants claimants pensioners elders mums dads mothers-to-be grandmothers grandparents wives husbands daughters parents herders nomads farmers motorists cyclists drivers dependants dependents schoolchildren expellees stragglers castaways commuters backpackers humans beings countrymen bystanders brothers sisters bachelors fugitives"
    ),
    "moving": (
        "refugee refugees migrant migrants returnee returnees evacuee evacuees fugitive emigrants emigrant idp idps displaced asylum-seeker asylum-seekers seekers newcomers "
        "arrivals arrival departures exiles escapees settlers entrants defectors fugitives"
    ),
    "movement": "entries exits crossings departures returns movements passages crossers border-crossings encounters",
    "force": "soldiers troops servicemen servicepeople policemen police officers fighters militants guards gunmen personnel rebels",
    "family": "family families household households hh hhs",
    "vehicle": "tractors pickups pick-ups jeeps minivans suvs rickshaws motorhomes campervans vehicle vehicles vans motorcycles motorbikes conveyances",
    "car": "car cars autos motorcars taxis taxi automobiles sedans",
    "lorry": "semis artics flatbeds rigs juggernaut lorry lorries truck trucks hgv hgvs trailers juggernauts semi-trailers tankers",
    "bus": "autocars omnibuses bus buses coaches coach busses minibus minibuses",
    "km": "km kms kilometre kilometres kilometer kilometers",
    "metre": "metre metres meter meters m",
    "mile": "mile miles mi",
    "hour": "hour hours hr hrs h",
    "minute": "minute minutes min mins",
    "day": "day days night nights",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "money": (
        "dollar* euro euros rouble roubles ruble rubles rub rupee* zloty zlotys zł tenge lari drams lira pounds sterling pesos bolivar* bolívar* usd eur "
        "gbp cents bucks shekel* dinar* francs shillings naira birr kyat hryvnia* funding funded budget price prices fare fares cost costs rents searches tariff rent "
        "donations grant salary leu lei dram kwacha baht dong riyal* koruna* forint* krona kroner denar* manat* som sum ariary cfa xaf taka tk afghani afghanis toman tomans gourde gourdes lempira quetzal soles reais rand pula rupiah ringgit lev leva"
    ),
    "thing": (
        "attempts dinners lunches breakfasts portions rations loaves dwellings farms crops doses vaccines phones bottles boxes bags sacks trees animals horses donkeys dogs cats chickens wagons carriages entry installations installation facilities facility halls hostels dormitories barracks mosques churches monasteries bunks bunk cots tents tent beds bed places seats meals blankets parcels kits jerry cans mattresses houses homes buildings apartments flats schools hospitals "
        "clinics villages towns cities shelters centres centers camps sites settlements flights flight planes trains boats ships tonnes tons kilograms kg "
        "litres liters degree boreholes latrines wells cases deaths bodies cattle cows goats sheep camels heads head votes seats countries checkpoints posts "
        "regions districts provinces points crossings-points offices officers staff employees volunteers journalists members readers followers subscribers "
        "users doctors nurses teachers medics rescuers firefighters aid-workers jobs vacancies degrees "
        "weapons rifles drones missiles shells rounds bombs attacks incidents records visas passports permits applications documents sim cards "
        "slips appointments bullets pages stamps coins stores restaurants cafes kitchens toilets showers taps pumps generators batteries computers laptops copies posters banners "
        "mines guns tanks explosives items pieces packages packets pallets containers sq hectare barrels gallons calories samples tweets views clicks shares downloads "
        "spectators athletes players ballots complaints allegations lawsuits hearings verdicts paragraphs chapters orchards sorties "
        "airstrikes rockets mortars grenades landmines quakes tremors aftershocks wards stalls kiosks doors storeys plots parishes municipalities counties brigades battalions outposts watchtowers "
        "kilos pounds ounces graves coffins funerals surgeries consultations vaccinations jabs injections ventilators stretchers wheelchairs crutches suitcases backpacks nappies diapers cartons "
        "crates vessels dinghies canoes rafts barges helicopters aircraft jets carriages runways pupils classrooms livestock poultry rooms bedrooms "
        "nationalities ambulances degree requests enquiries tickets calls questions languages signatures stories comments likes minutes-long lanes booths gates counters windows bakeries shops "
        "partners agencies organizations organisations hectares acres inches feet degrees convictions charges laws articles points mph kph mm cm mt letters firms firms tarpaulins objects"
    ),
    "harm": (
        "victim victims killing kills burn burns burned killed kill kills dead died die dies death deaths wounded injured hurt drowned perished missing casualties executed shot murdered infected "
        "hungry hunger famine starvation sickened fatalities toll birth born babies malnourished malnutrition vaccinated screened treated hospitalised hospitalized kidnapped abducted"
    ),
    "arrest": "arrested arrest arrests detained detain detention jailed imprisoned prosecuted charged fined sentenced convicted",
    "protest": "protest protested protests rally rallied demonstrated demonstrators marched voted vote attend attended fans concert ballots",
    "draft": "mobilised mobilized mobilise mobilize conscripted drafted draft enlisted recruited called-up recruit recruits hired trained deployed deploy",
    "aid": (
        "distributed distribute received-aid vaccinate assisted assist reached-aid fed feed served serve provided delivered deliver helped "
        "targeted insecure affected need needs require requires requiring benefited covered cover census enumerated funded appeal interviewed surveyed assessed profiled"
    ),
    # verbs of movement and waiting
    "enter": (
        "filtered filtering alighted alighting docked checked-in clambered scrambled filed funnelled funneled brought bring brings bringing trickled trickling trickle spilled spilling surged surging swarmed disembarked disembarking disembark ashore washed showed drifted arriv enter enters entered entering sought refuge asylum arrive arrives arrived arriving came come comes coming reached reach reaches poured pouring streamed streaming "
        "stream flocked flocking flock flooded flooding influx took taking admitted admitting admit admits received receive receives receiving welcomed welcomes "
        "welcoming absorbed accepted accepts took-in taken inflow inflows landed arrivals entries entry allowed emerged emerge emerging inbound incoming"
    ),
    "cross": "cross crosses crossed crossing crossings passed pass passes passing moved moves move moving traversed use using used travelled traveled travel riding rode walked walking hiked marched swam waded rowed sailed",
    "leave": (
        "ejected evicted decamped vacated sent bolting leave leaves left leaving flee flees fled fleeing exit exits exited exiting depart departs departed departing departures escape escapes escaped "
        "escaping exodus emptied abandoned outflow outbound outgoing uprooted trekked bolted slipped headed heading flown flew out gone go going went quit emigrated"
    ),
    "return": "return returns returned returning repatriated repatriation repatriations back home deported expelled",
    "displace": "displaced displace displacing displacement displacements idps uprooted homeless drive drives drove driven",
    "evacuate": "evacuate evacuated evacuating evacuation evacuations evacuees rescued airlifted",
    "relocate": "relocate relocated relocating relocation relocations transferred resettled transported ferried bused bussed shuttled carried carrying driven moved-on",
    "wait": (
        "delay delays delayed snaked snaking snakes standstill congestion wait waits waited waiting awaiting queue queues queued queuing queueing stranded stuck line lines lined tailback tailbacks backlog jam jams stand stood "
        "stands standing backed-up backed massed amassed gathered camped await marooned idling idle parked bottled clogged lingering lingered encamped trapped piled ahead jammed lineup"
    ),
    "stay": (
        "occupied occupying overnight bedded bunked quartered billeted spending-the-night shelter shelters sheltered sheltering host hosts hosted hosting stay stays stayed staying live lives living lived remain remains remained "
        "remaining housed housing accommodated accommodating accommodates lodged sleeping slept lay camping settled registered register registers present "
        "squeezed crammed packed crowded crowding huddled huddling lodge lodged squatting squat put-up swollen spend spends spending holds holding home-to cut-off residing resided reside sleep hosts spent"
    ),
    "refuse": "refused refusing refusal refusals denied deny rejected pushed-back pushbacks turned-back turned blocked",
    "process": "processed process processes cleared clear clears checked handled logged stamped waved inspected counted let",
    "queue_noun": "queue queues line lines tailback tailbacks jam jams backlog column tail lineup",
    "travel": "lasts lasted passage tour march trek journey drive trip ride route road got get take took takes travelled reach way bus",
    "walk": "walk walked walking walks foot hike hiked trek trekked on-foot pedestrians bike bicycle bicycles",
    "by_car": "car cars drivers driver driving vehicle vehicles drive motorists",
    "by_bus": "bus buses coach coaches",
    "by_air": "flight flights flew flown plane planes airport airlift aircraft airlines air",
    "by_rail": "train trains rail railway",
    "by_lorry": "truck trucks lorry lorries hgv hgvs truckers",
    "men": "men man males fathers sons",
    "traffic": "total totals tally traffic flow flows number numbers influx arrivals crossings returns departures movement movements exodus entries volume stream inflow daily",
    "women": "woman women mothers mums grandmothers wives girls females female",
    "children": "child children minors minor kids boys girls under-18s teenagers toddlers infants babies unaccompanied",
    "roof": (
        "camp camps tent tents school schools shelter shelters hall halls hotel hotels hostel hostels gym gyms gymnasium church churches mosque mosques stadium stadiums centre centres center "
        "centers site sites settlement settlements barracks dormitory dormitories tarpaulins warehouse hangar building buildings roof indoors beds overnight monastery arena bunks lodging lodgings"
    ),
    "said": "said says told reported",
    "skip": "of the a an and new more other another additional so some as well total estimated about around each",
}

ENGLISH = Language(
    code="en",
    words=WORDS,
    number_words={
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
        "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
        "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    },
    multipliers={"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "dozen": 12.0, "mln": 1e6, "mn": 1e6, "bn": 1e9, "k": 1e3, "m": 1e6, "lakh": 1e5, "crore": 1e7},
    orders=(
        (r"hundreds of thousands", 200_000, 999_999, "hundreds of thousands"),
        (r"tens of thousands", 20_000, 99_999, "tens of thousands"),
        (r"(?:several|many|a few|some few) (?:hundred )thousand", 200_000, 999_999, "several hundred thousand"),
        (r"(?:several|many|a few|few) tens of thousands", 20_000, 99_999, "several tens of thousands"),
        (r"(?:several|many|a few|few) thousands?", 2_000, 9_999, "several thousand"),
        (r"(?:several|many|a few|few) hundreds?", 200, 999, "several hundred"),
        (r"(?:several|many|a few|few) dozens?", 24, 99, "several dozen"),
        (r"(?:several|a few) millions?", 2_000_000, 9_999_999, "several million"),
        (r"millions", 2_000_000, 9_999_999, "millions"),
        (r"thousands", 2_000, 9_999, "thousands"),
        (r"hundreds", 200, 999, "hundreds"),
        (r"tens", 20, 99, "tens"),
        (r"dozens", 24, 99, "dozens"),
        (r"scores", 40, 99, "scores"),
        (r"several", 2, 9, "several"),
        (r"a few", 2, 9, "a few"),
        (r"a couple of(?! (?:hundred|thousand|dozen|million))", 2, 2, ""),
    ),
    hedges=(
        Hedge(r"no (?:less|fewer) than|not (?:less|fewer) than|(?:not|never) (?:under|below|less than|fewer than)", "no less than", "lower"),
        Hedge(r"no more than|not more than|(?:does|did|do) not go (?:beyond|above|over)|(?:seldom|rarely|never|hardly ever)(?: \w+)? (?:more than|over|above)|not (?:over|above)|at most|maximum of|a maximum of|(?:did|do|does|has|have|had) not (?:even )?(?:exceed|pass|top|reach)(?:ed)?|not (?:even|exceeding)|never (?:exceed|pass|topp)(?:ed)?|unlikely to (?:see|exceed|reach|pass)(?: more than)?", "no more than", "upper"),
        Hedge(r"a good", "at least", "lower"),
        Hedge(r"(?:well |slightly |far |little |significantly |much )?(?:more|greater|higher) th[ae]n|upwards? of|in excess of|exceed(?:s|ed|ing)?|(?:may|might|could|will|would) cross(?: the)?|surpass(?:es|ed|ing)?|topp?(?:ed|ing)|(?:gone|going|went|got|rose|risen|climbed|now) past(?: the)?|past the|pass(?:ed|es|ing)(?: the)?|more of", "more than", "lower"),
        Hedge(r"(?:well |just |slightly )?(?:(?<!handed )(?<!turned )(?<!carried )(?<!signed )(?<!not )over|above|beyond)", "over", "lower"),
        Hedge(r"at least|a minimum of|minimum of|as (?:few|little|low|short) as", "at least", "lower"),
        Hedge(r"as (?:many|much|high) as", "up to", "upper if round"),
        Hedge(r"up to|as (?:long|far) as", "up to", "upper"),
        Hedge(r"(?:less|fewer|lower) than|under|below", "less than", "upper"),
        Hedge(r"(?:a )?(?:little|slightly|somewhat|shade) (?:under|less than|fewer than|below|short of)|(?:just )?shy of|just short of|almost|nearly|practically|virtually|barely|hardly|close to|just under|just below|nearing|approaching", "nearly"),
        Hedge(r"about|some|roughly|around|approximately|approx\.?|circa|ca\.?|an? estimated|estimated|maybe|perhaps|possibly|or so|~|in the region of|in the order of|something like", "about"),
    ),
    lead=r"(?:an? (?:total|complete|grand total|whole|average|estimated|further|additional|combined|record) (?:of )?|another |an additional |the |a |around |about |some |an )",
    after=(
        Hedge(r"or more|or longer|or over|or upwards|and more|plus\b|\+|-?odd\b|-plus\b|and (?:some|something|change|counting)\b(?! \w)|,? (?:no|not) (?:less|fewer)\b(?! than)|at (?:the )?least", "or more", "lower"),
        Hedge(r"or less|or fewer|at (?:the )?most|,? (?:no|not) more\b(?! than)|maximum", "or less", "upper"), Hedge(r"or so|or thereabouts|-ish|give or take", "about"),
    ),
    range_words=r"-|–|—|‑|to|or|and|up to|till",
    between=r"(?:between|from)\s*(?:about |around |some )?$",
    changing=(
        r"\b(?:rose|risen|rising|fell|fallen|dropped|grew|grown|increased|increasing|decreased|jumped|climbed|up|down|went|gone|surged|declined|swollen|"
        r"changed|shrank|shrunk|dwindled|cut|reduced|expanded|doubled|tripled)\b[^.;]{0,40}\bfrom\s*(?:about |around |some )?$"
    ),
    changed_to=r"\b(?:crept|edged|inched|shot|climbed|risen|rose|jumped|soared|swelled|gone|went)\s+$",
    decimal_comma=False,
    ratios=(
        (r"(?P<word>doubl|tripl|trebl|quadrupl|halv)(?:ed|es|ing|e)\b(?! (?:their|its|the) capacity)", "word"),
        (r"(?P<times>twice|thrice|double|triple|(?:{count})[- ]times|(?:{count})[- ]?fold) (?:as (?:many|much|long|high)|more|higher|longer|larger|bigger|(?:that|this|the) number|the (?:(?:daily|weekly|monthly|whole) )?(?:usual|normal|average|number|figure|previous|rate|level|pace|total|size|flow|volume|inflow|count|same)|(?:\w+day|yesterday|last \w+|the \w+)'s (?:number|figure|total|count|tally|rate|level)|(?:that|those) of|increase|rise|what|that\b|(?=[,.;\"]))", "times"),
        (r"(?P<part>half|a third|a quarter|one third|one quarter|two thirds|three quarters) (?:as (?:many|much|long|high|large)|(?:the|of the) (?:usual|normal|number|figure|previous|rate|level|pace|total)|(?:of )?what\b)", "part"),
        (r"(?:increased|rose|risen|grew|grown|up|jumped|surged) (?P<times>(?:{count})[- ]?fold|(?:{count})[- ]times)", "times"),
        (r"(?P<down>fell|fallen|thinner|smaller|shorter|falling|dropped|dropping|declined|declining|decreased|down|shrank|shrunk|reduced|cut|lower|slumped|plunged|a (?:drop|fall|decline|decrease|reduction) of)(?:(?: \w+){{0,2}}? ?(?:by )?|(?: \w+){{0,7}} by )(?:{hedge} )?(?P<part>{fraction})", "down"),
        (r"(?P<up>rose|risen|rising|grew|grown|growing|increased|increasing|increase|(?<!make )(?<!made )(?<!makes )(?<!making )up|jumped|surged|climbed|higher|swelled|swollen|an? (?:rise|increase|growth|jump|surge) of)(?: \w+){{0,2}}? ?(?:by )?(?:{hedge} )?(?P<part>{fraction})", "up"),
        (r"(?P<part>{fraction}) (?:(?P<more>more|higher|above|increase|rise|up|growth|longer)|(?P<less>fewer|less|lower|below|decrease|drop|decline|down|reduction|shorter))\b", "more"),
    ),
    fractions={
        "half": 0.5, "a half": 0.5, "one half": 0.5, "a third": 1 / 3, "one third": 1 / 3, "one-third": 1 / 3, "two thirds": 2 / 3, "two-thirds": 2 / 3,
        "a quarter": 0.25, "one quarter": 0.25, "one-quarter": 0.25, "three quarters": 0.75, "three-quarters": 0.75, "a fifth": 0.2, "one fifth": 0.2,
        "one-fifth": 0.2, "two fifths": 0.4, "three fifths": 0.6, "four fifths": 0.8, "four-fifths": 0.8, "a tenth": 0.1, "one tenth": 0.1,
        "nine tenths": 0.9, "nine-tenths": 0.9, "seven tenths": 0.7, "three tenths": 0.3, "one in two": 0.5,
    },
    shares=(
        r"(?P<a>{count}) (?:(?:\w+ )?(?:in|out of)(?: every| each)?) (?P<b>{count})",
        r"(?:every|each) (?P<b>second|third|fourth|fifth|tenth)(?= (?:\w+ )?(?:person|refugee|family|arrival|one|traveller|migrant|household|guest|newcomer|woman|man|child))",
        r"(?P<a>{count}) of (?P<b>{count})(?= (?:are|were|came|people|persons|families|households|refugees|migrants|arrivals|newcomers|returnees|men|women|children|adults|travellers)\b)",
    ),
    per_day=r"(?! in (?:a single|one|just one) day)\s*(?:(?:\w+ ){0,2}?(?:a|per|each|every) (?:single )?day\b(?! (?:earlier|before|ago|later|after|prior))|(?:\w+ ){0,2}?(?:each|every) (?:morning|evening)\b|daily\b|/day|on an? (?:ordinary|normal|average|typical|usual) day|a 24-hour|per 24 hours|in a day\b|each day|every day|day\b(?= on average)|on a daily basis)",
    per_hour=r"\s*(?:an|per|each|every|/) ?(?:hour|h)\b",
    per_week=r"\s*(?:(?:\w+ ){0,3}?(?:a|per|each|every) week\b(?! (?:earlier|before|ago|later|after|prior))|weekly\b)",
    half_more=r"\s+and a half",
    bare_units={
        r"half an hour": (0.5, "hour"), r"an hour and a half": (1.5, "hour"), r"a day and a half": (1.5, "day"), r"half a day": (0.5, "day"),
        r"(?<!once )(?<!twice )(?<!times )(?<!people )(?<!persons )an hour": (1.0, "hour"),
        r"half a (?:kilomet(?:re|er)|km)": (0.5, "km"), r"half a mile": (0.5, "mile"),
        r"a (?:kilomet(?:re|er)|km)": (1.0, "km"), r"a mile": (1.0, "mile"), r"a day(?= or (?:more|longer))": (1.0, "day"), r"a week(?= or (?:more|longer))": (1.0, "week"),
        r"(?:all|a whole|an entire|a full) (?:day|night) (?=(?:in|at) the (?:queue|line|border))": (1.0, "day"),
    },
    months={
        "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11,
        "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    },
    weekdays={
        "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
        "mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
    },
    times=(
        ("iso", r"\d{4}-\d{2}-\d{2}"),
        ("dmy", r"\d{1,2}[./]\d{1,2}[./](?:20)?\d{2}(?!\d)"),
        ("dotted", r"(?P<sdm>(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2]))(?![\d.]|,\d| ?(?:%|per|million|thousand|km|people|hours))"),
        ("range_dm", r"(?:{day},? )?(?P<rd1>\d{1,2})(?:st|nd|rd|th)?(?: (?P<rm1>{month})\.?)?(?: (?P<ry0>\d{4}))?\s*(?:-|–|—|to|and|until|till|through)\s*(?:{day},? )?(?P<rd2>\d{1,2})(?:st|nd|rd|th)?(?: of)? (?P<rm2>{month})\b\.?(?:,? (?P<ry>\d{4}))?"),
        ("range_md", r"(?P<sm1>{month})\.? (?P<sd1>\d{1,2})(?:st|nd|rd|th)?\s*(?:-|–|—|to|and|until|till|through)\s*(?:(?P<sm2>{month})\.? )?(?P<sd2>\d{1,2})(?:st|nd|rd|th)?\b(?! (?:people|thousand|hours|cars|days))(?:,? (?P<sy>\d{4}))?"),
        ("fiscal", r"(?:(?:the )?(?:fiscal|financial) year |\bfy ?)(?P<fy>20\d{2}|\d{2})\b"),
        ("part_of_year", r"(?:the )?(?:first (?P<yn>{number}) months|(?P<yp>first|second|third|fourth|last) (?P<yu>quarter|half)) of (?:(?P<yy2>(?:19|20)\d{2})|(?:(?P<yw>this|the|last) )?year)\b"),
        ("years", r"(?:from |between |in |during |over )?(?:the years )?(?P<ya>(?:19|20)\d{2})(?:-|–| to | and | through | until )(?P<yb>(?:19|20)\d{2}|(?<=\d-)\d{2})(?=$|[.,;:)\]\n]| (?:the|more|some|about|over|nearly|almost|around|an?|were|was|there|and|in|is|are|have|had|has|when|while|as|by|at|period|inclusive|[–—-])(?![^\W\d])| ?[–—])"),
        ("year_edge", r"(?:the )?(?P<yq>end|close|beginning|start)[- ](?:of )?(?P<ye>(?:19|20)\d{2})\b"),
        ("third_of_year", r"(?P<tq>early|mid|late)(?:-| |-to-late )(?P<ty>(?:19|20)\d{2})\b"),
        ("season", r"(?:(?P<sel>last|this past) |this |the |in )(?P<sea>spring|summer|autumn|fall(?= of (?:19|20)\d\d)|winter)(?: (?:of |in )?(?P<sey>(?:19|20)\d{2}))?\b(?! (?:camp|school|season|clothes|clothing))"),
        ("months", r"(?:(?P<mq1>early|mid|late)[- ])?(?P<mm1>{month})(?:,? (?P<my1>\d{4}))?\s*(?:-|–|to|and|until|through)\s*(?:the first half of )?(?:(?P<mq2>early|mid|late)[- ])?(?P<mm2>{month})\b(?! \d{1,2}\b)(?:,? (?P<my2>\d{4}))?"),
        ("week_of_month", r"(?:the )?(?P<wn>first|second|third|last) (?P<wnu>week|ten days) of (?P<wnm>{month})(?:,? (?P<wny>\d{{4}}))?"),
        ("week_number", r"week (?:no\. ?|number )?(?P<wk>\d{1,2})\b(?! (?:of|days?|[ap]\.?m))"),
        ("week_of", r"(?:the )?week (?:of|beginning|from|starting)(?: on)?(?: monday| sunday)?,? (?:(?P<wod>\d{{1,2}}) (?P<wom>{month})|(?P<wom2>{month}) (?P<wod2>\d{{1,2}})(?! ?[-–] ?\d))\b"),
        ("period_to", r"(?:the )?(?P<pt>24 hours|48 hours|week|fortnight|month) (?:to|ending|ended|concluding|until|up to)(?: on)?(?: \d{{1,2}}(?::\d\d)? ?[ap]\.?m\.?,?| midnight| midday| noon)?(?: on)? (?:(?P<ptw>{day})|(?P<ptd>\d{{1,2}}) (?P<ptm>{month})|(?P<ptm2>{month}) (?P<ptd2>\d{{1,2}}))\b"),
        ("half_month", r"(?:the )?(?P<hn>first|second) half of (?:(?:the|this) month|(?P<hm>{month})(?:,? (?P<hy>\d{4}))?)"),
        ("date_dm", r"(?P<dd>\d{1,2})(?:st|nd|rd|th)?(?:(?: of)? |-)(?P<dm>{month})\b\.?(?:(?:,? |-)(?P<dy>\d{4}))?"),
        ("date_md", r"(?P<em>{month})\.? (?P<ed>\d{1,2})(?:st|nd|rd|th)?\b(?!:\d|[,.]\d{{3}}| ?\d{{3}}\b(?! \d))(?:,? (?P<ey>\d{4}))?"),
        ("month_edge", r"(?:the )?(?P<me>end|start|beginning|close)[- ](?:of )?(?P<mem>{month})(?:,? (?P<mey>\d{{4}}))?"),
        ("month_part", r"(?:(?P<mpq>early|mid|late)[- ]|(?:the )?(?P<mpm0>middle) of )(?P<mpm>{month})\b\.?(?:,? (?P<mpy>\d{{4}}))?"),
        ("month", r"(?:(?P<qq>early|mid|late)[- ]?)?(?P<qm>{fullmonth})\b(?:,? (?P<qy>\d{4})|(?P<qlast> (?:of )?last year))?"),
        ("holiday", r"(?P<hol>christmas eve|christmas day|christmas|new year's eve|new year's day)"),
        ("days_only", r"the (?P<od1>\d{1,2})(?:st|nd|rd|th)\b (?:to|until|till|through|and) the (?P<od2>\d{1,2})(?:st|nd|rd|th)\b"),
        ("day_only", r"the (?P<od>\d{1,2})(?:st|nd|rd|th)\b(?! (?:day|time|floor|district|century|anniversary|brigade|regiment|division|kilomet\w+|edition|parallel|ward|street))"),
        ("night_to", r"(?:the )?night (?:of|to|into|from \w+ to) (?P<nw>{day})"),
        ("weekdays", r"(?P<w1>{day})(?:,| and| to| through| until|–|-) ?(?:on )?(?P<w2>{day})\b"),
        ("weekday_day", r"(?:{day},? the (?P<wdd>\d{1,2})(?:st|nd|rd|th)\b|(?P<wdw>{day}) (?P<wdn>\d{1,2})(?=[.;)](?!\d)|,(?! ?\d)| to \S| until \S| at \d|$))"),
        ("weekday_event", r"(?:the )?(?P<wev>{day}) (?P<web>before|after)(?= (?:the|its|their) (?P<wee>[^,.;:]{{0,40}}))"),
        ("last_weekday", r"last (?P<lw>{day})\b"),
        ("weekday", r"(?<!normal )(?<!ordinary )(?<!usual )(?<!typical )(?<!average )(?<!every )(?<!each )(?!(?:sat|sun|wed|mon)\b(?!\.|,? \d|:| \(|\t|  | and (?:sat|sun|mon|tue|wed|thu|fri)))(?P<w>{day})\b"),
        ("ago_range", r"(?P<a1>{number})(?: |-)?(?:to|or|-|–)(?: |-)?(?P<a2>{number}) (?P<au>{unit}) (?:ago|earlier|before|prior)"),
        ("ago", r"(?:a |the )?(?P<b1>{number}) (?P<bu>{unit}) (?:ago|earlier|before|prior|previously)"),
        ("before_one", r"(?:the )?(?:week|month|fortnight|year) (?:before|earlier|prior|previously)(?! last)|(?:the )?(?:previous|preceding) (?P<bf>24 (?:hours|hrs)|week|fortnight|month|year)"),
        ("weekday_before", r"(?:the |on the )?(?P<wb>{day}) before(?! (?:last|the|he|she|they|it|we|i|a)\b)"),
        ("previous_weekday", r"(?:the |on the )?(?:previous|preceding) (?P<pwd>{day})"),
        ("that_day", r"(?:on|in) (?:the|a single|one|just one|a) (?:(?P<td2>day)(?! (?:of|before|after|when|that|like|which))\b)|(?:on )?(?:that|the same|this same) (?P<td>day|night|evening|morning|afternoon|date)|(?:in|during|of|for) (?:that|the same|this same) (?P<tyear>year)\b"),
        ("day_after", r"(?:on )?the (?:next|following) (?:day|morning)|(?:a|one) day later|the day after(?! tomorrow)"),
        ("ago_one", r"an? (?P<bo>day|week|month|year|fortnight) (?:ago|earlier|before)"),
        ("past_range", r"(?:past|last|previous|preceding|latest|recent) (?P<p1>{number}) (?P<pu>{unit})"),
        ("recent", r"(?:in|over|during|within) (?:the )?(?:most )?recent (?:hours|days|weeks|months|years)"),
        ("next", r"(?:next|coming|following) (?P<n1>{number}) (?P<nu>{unit})"),
        ("first", r"(?:the )?first (?P<f1>{number}) (?P<fu>{unit})(?= of| after| since)(?P<fe>(?: of| after| since)[^,.;:]{{0,40}})"),
        ("within", r"(?<!\bfor )\b(?:in|within|over|during|inside) (?:(?:the )?(?:just |only |barely |under |less than |little (?:more|over) than |not even |space of |course of )?|a )(?P<i1>{number}) (?P<iu>{unit})\b(?: period)?(?! (?:from|on average))"),
        ("in_one", r"(?:in|within|inside|over) (?:just |only |barely |under |less than |little (?:more|over) than |about |around |the space of |the course of )*(?:a|a single) (?P<io>week|fortnight|month|year)\b"),
        ("twelve_months", r"(?<=in the )last year|(?<=over the )last year|(?<=during the )last year|(?<=within the )last year"),
        ("one_past", r"(?:past|last 24|last|previous|preceding|elapsed) (?P<o>day|24[ -]?(?:hours?|hrs?|h)|night|week|weekend|fortnight|month|year)\b"),
        ("this", r"this (?P<t>morning|afternoon|evening|week|weekend|month|year|autumn|spring|summer)\b"),
        ("year_start", r"(?:the )?(?:beginning|start) of (?:the|this) year|new year"),
        ("period_start", r"(?:the )?(?:beginning|start) of (?:the |this )?(?P<ps>week|month)"),
        ("period_end", r"(?:the )?end of (?:the |this )?(?P<pe>week|month|year)"),
        ("to_weekend", r"(?:by|until|till|before) (?:the |this |next )?weekend"),
        ("weekend", r"the weekend|at the weekend|weekend"),
        ("next_one", r"(?:next|coming) (?P<x>day|days|week|weeks|weekend|month|months|year)\b"),
        ("before_yesterday", r"the (?:day before yesterday|night before last)"),
        ("yesterday", r"yesterday"),
        ("before_then", r"(?:before|prior to) (?:that|then)(?: (?:date|day|time))?\b(?! \w+ed\b)"),
        ("day_before", r"the (?:day before|previous day)"),
        ("year_back", r"(?:in |over |during |for )?(?:the )?same (?:period|time|point|span|months?|weeks?|date)(?: (?:of|in))? (?:the )?(?:last year|previous year|year before|a year (?:ago|earlier)|(?:19|20)\d\d)"),
        ("same", r"(?:on |in |over )?(?:the|these|those|both) (?:two|three|four|five|\d) (?:days|dates)|(?:over|in|during|within|for) (?:the same|that|this) (?:period|time|timeframe|span|week|weekend|interval)(?! (?:of )?last)"),
        ("overnight", r"overnight|last night|(?:in|during) the night(?! (?:to|of|from|into|between|before|after))"),
        ("today", r"since (?:midnight|dawn|(?:this |early )?morning|the (?:start|beginning) of the day)|today|tonight|at present|currently|right now|\bnow\b"),
        ("tomorrow", r"tomorrow"),
        ("period", r"(?:in|during|over|for|within|throughout|this) (?:the |this )?(?:reporting |reported |covered )?(?:period|week itself|week(?= (?:under review|reported))|same reporting period)(?! (?:of|to|ending|before|from))|(?:in|during|over) the week(?! (?:of|to|ending|before|from|since|after|that|when))"),
        ("coming_weekday", r"(?:this|next|coming) (?P<cwd>{day})\b"),
        ("midweek", r"midweek|mid-week"),
        ("year", r"(?:(?<=\bin )|(?<=\bof )|(?<=since )|(?<=during )|(?<=throughout )|(?<=\ball )|(?<=\bby )|(?=\d{{4}}['’]s ))(?P<yy>(?:19|20)\d{2})\b"),
        ("clock", r"(?:at |by )?\d{1,2}(?::\d{2}| ?[ap]\.?m\.?)(?: ?[ap]\.?m\.?)?(?: local time| gmt| msk)?|(?:up to|until|till|by|at|from) \d{1,2}h\b"),
        ("clock_bare", r"(?:by|at|around|until) (?:noon|midday|midnight|dawn|nightfall|sunset)"),
    ),
    since=r"\b(?:since|starting (?:from|with|on)|beginning (?:with|on)|as from|from(?= (?:january|february|march|april|june|july|august|september|october|november|december|feb\.?|sept?\.?|oct\.?|nov\.?|dec\.?) \d{1,2},)|following|after|for the time of|from(?= (?:the )?(?:very )?(?:beginning|start|outbreak|onset|end) of)(?![^.;,\d]{0,40} (?:to|until|till) ))\s+",
    until=r"(?:\b(?:cumulative|totals?|figures?),?|[,(]) to\s+$|\b(?:cumulative to|by|until|till|up to|through|before|prior to)\s+(?:the )?(?:evening of |morning of |end of )?$",
    as_of=r"\b(?:as of|as at|as on|status)\s+(?:the )?(?:\d{1,2}(?:[:.]\d{2})? ?(?:[ap]\.?m\.?|hours|hrs)? (?:on )?)?(?:evening of |morning of )?$",
    units_of_time={"hour": 1 / 24, "hr": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 30.0, "year": 365.0, "night": 1.0, "decade": 3650.0},
    says=rf"\b{_SAY}\b",
    according=r"\b(?:according to|as per|citing|quoting|data from|figures from|reported by|said by)\s+",
    official=(
        r"\b(?:ministr\w+|government|border guards?|border service|border police|police|customs|authorit\w+|official|officials|prime minister|president|governor|"
        r"spokes\w+|mayor|administration|secretary|agency|unhcr|iom|un\b|united nations|ocha|unicef|unrwa|frontex|commission\w*|directorate|department|"
        r"migration service|army|military|emergenc\w+|dtm|office|council|committee|prefect|envoy|ambassador|commander|chief|crisis unit|secretariat)\b"
    ),
    witness=(
        r"\b(?:driver|drivers|traveller|travellers|witness|witnesses|resident|residents|programmer|waiter|student|mother|father|teacher|user|volunteer|"
        r"reader|passenger|couple|woman|young man|local|year-old|writes?|refugee)\b|,\s*\d{2}\s*,"
    ),
    clause=(
        rf"[;:—()]|,\s(?:(?:{_CLAUSE})\s|(?:and|of whom|of them|of which|up from|down from|compared|while)?\s?)|\s(?:[–-]|{_CLAUSE}|and|against)\s"
    ),
    to=(
        r"(?:\binto|\bto|\btowards?|\breach(?:ed|es|ing)?|\benter(?:ed|s|ing)?|\barrived in|\bcame to|\bfor|\bleaving for|\bleft for|\bonto)\s+(?:the\s+)?"
        r"(?:(?:neighbou?ring|nearby|eastern|western|northern|southern|central|north|south|east|west|safer|town of|city of|village of|northern \w+ city of|port of)\s+){0,2}$"
    ),
    at=(
        r"(?:\bin|\bat|\bnear|\bthrough|\bvia|\bacross|\bon|\baround|\boutside|\bof|\binside|\bbefore|\bby|\bover|\bacross into|\bwithin)\s+(?:the\s+)?"
        r"(?:(?:busiest|eastern|western|northern|southern|central|north|south|east|west|neighbou?ring|river|town of|city of|village of|border town of|region of|main)\s+){0,2}$"
    ),
    from_=(
        r"(?:\bfrom|\bout of|\bleav(?:e|es|ing)|\bleft|\bfle(?:d|e|es|eing)|\bescap(?:e|ed|ing)|\bquit|\baway from|\bexited|\bdepart(?:ed|ing)|\btorn|\bescaped)\s+(?:the\s+|camps around\s+)?"
        r"(?:(?:neighbou?ring|eastern|western|northern|southern|central|war-torn|camps|around|villages|near)\s+){0,3}$"
    ),
    here=r"\b(?:the|this|our|his|her|their) (?:country|republic|nation|kingdom|state|homeland|territory)\b",
    border_between=r"\bborder\b|\bfrontier\b",
    stop=(
        "the a an in at on to from by for with via through near into out was were is are be been being has have had will would could may might can "
        "who which that when while where since because after before between until as but than if then now only he she it they we said says told "
        "each board boarded boards take took takes this last next past every "
        "during over under within about against towards across without"
    ),
    forecast=r"\b(?:expect(?:s|ed|ing)?|could(?! have| not)|forecasts?|predict(?:s|ed)?|fears?|likely to|will|(?<!\d )(?<!\bin )(?<!early )(?<!late )(?<!mid-)(?<!since )(?<!\bof )(?<!until )(?<!\bto )(?<!\bby )may(?! \d| have)|might(?! have)|projected|projects|anticipat\w+|would(?! have)|set to|braced for|brace for|prepar\w+ for)\b",
    planned=r"\b(?:plan(?:s|ned|ning)? to|to be|intends? to|scheduled|is due to|will be (?:moved|relocated|evacuated|transferred)|aims? to)\b",
    withdrawn=r"\b(?:withdr[ae]w\w*|retract\w*|correct(?:ed|ion)|earlier (?:estimate|figure) (?:was|were)|erroneous\w*|mistaken\w*|wrong figure|instead of|not the|rather than|typing error|misprint|revised (?:down |up )?from|double count\w*|in error)\b",
    untrue=(
        r"\b(?:(?:was|is|were|are|been|proved|proved to be|turned out|turned out to be) (?:wrong|incorrect|inaccurate|false|untrue|mistaken|erroneous|a mistake|withdrawn|"
        r"an? (?:typing |clerical |reporting |typographical )?error|a misprint|a typo|not (?:correct|true|right))|should (?:no longer|not) be (?:used|quoted|cited))\b"
    ),
    average=r"\b(?:average|on average|mean)\b",
    capacity=(
        r"(?:capacity (?:of|for|to|from|is|was)|\(capacity:?|pop\.|room for|space for|beds for|places for|built for|designed for|planned for|pegged out for|laid out for|fit for|enough for|thought for|licen[sc]ed for|meant for|intended for|can (?:shelter|house|host|hold|take|"
        r"accommodate|receive)|could (?:take in|shelter|house|host|accommodate)|ready to (?:take|receive|accept|host)|able to (?:take|receive|host|house|shelter)|able to accommodate|holds? up to|"
        r"populated by|(?:country|nation|enclave) of|population(?: (?:of|is)|,|[^.;:\d]{0,40}:)|city of|town of|village of|sleeps|accommodates|capable of|seats for|limit of|quota of|cap of|prepared for|double (?:its|their) capacity of|"
        r"(?:planned|design(?:ed)?|maximum|total) (?:population|capacity):?|(?:put|set) up(?: \w+){0,3} for|place for|(?:meant|built|designed) to (?:hold|house|host|take|shelter|receive|accommodate)|berths for|used to have|"
        r"capacity[^.;\d]{0,30}:|(?:island|district|settlement|county|hamlet|region|province|municipality) of|(?:wide|big|large) enough for|laid out in \d{4} for)\s*(?:for |of |(?!says |said |reports |counts |counted |reported |gives |gave )\w+ ){0,2}$"
    ),
    not_counted=r"(?:[$€£₽¥₴₱₹₦₪৳₺₸₾֏]|\b(?:(?:information|green|hot|help|toll-free|free|phone|telephone|emergency|call) ?-?lines?:?|us\$|title|usd|eur|rub|no\.|№|#|aged|ages?|age of|between the ages of|(?:men|women|males) (?:of|between)|under|chapter|articles?|clause|section|annex|table|figure|fig\.|window|platform|ext\.?|pp?\.|cat|category|per|for each|tk|rs\.?|inr|pkr|shs|page|phase|round|update|issue|group of|every|version|route|highway|km|(?:assessment|survey|sample|poll|interviews?) (?:of|with|among)|(?:man|woman|boy|girl|child|son|daughter|brother|sister|cousin|mother|father|widow|grandmother|grandfather|teacher|schoolteacher|student|driver|farmer|engineer|nurse|doctor) of|(?:he|she|son|daughter|brother|sister|mother|father|wife|husband|grandmother|grandfather) (?:is|was))\s?)\s*$",
    ages=r"^[- ]?(?:year|yr)s?[- ]?olds?\b|^\s*(?:years? old|years of age)\b|^-year\b|^\s?(?:st|nd|rd|th)\b",
    of_before=r"\b(?:of|among) (?:these|those|them|whom|the (?:total|arrivals|new arrivals|refugees|displaced|newcomers))\b[^.;]{0,24}$",
    of_them=r"\s*(?:of (?:whom|them|those|these|which|the (?:arrivals|total|displaced|refugees|new arrivals|men|women|people|travellers|families))\b)",
    abbreviations="ext tel nr mr mrs ms dr st no gen col maj lt sgt prof rep sen gov jan feb mar apr jun jul aug sept sep oct nov dec vs etc approx ca u.s u.n e.g i.e a.m p.m",
    unit_articles={"three quarters of a": 0.75, "a quarter of a": 0.25, "quarter of a": 0.25, "a third of a": 1 / 3, "a couple of": 2.0, "a couple": 2.0, "another": 1.0, "one and a half": 1.5, "half a": 0.5, "half an": 0.5, "a": 1.0, "an": 1.0},
    number_starts="each |a qua|three qua|another (?:hun|tho|mil|doz)|doubl|tripl|trebl|quadr|halv|twice|thrice|tens|dozens|scores|several|few |many |millions|thousands|hundreds|half|every |an? (?:hun|tho|mil|doz|cou|few|kil|km|day|who|ful|ent)|an hour|an entire|all (?:day|night)|one and",
    weak_since=frozenset({"starting from", "starting with", "starting on", "beginning with", "beginning on", "as from"}),
    loose_since=frozenset({"following", "after", "for the time of"}),
    phrases={
        "lost": ((r"lost (?:their|the) (?:homes?|houses?|roof)\b", "displace"), (r"lost (?:their|his|her) li(?:ves|fe)\b", "harm")),
        "held": ((r"held (?:about |some |over |up to |nearly |almost |more than |at least |around )?\d", "stay"),),
        "population": ((r"population (?:has |had )?(?:now )?(?:passed|reached|stood|stands|topped|exceeded|grew|grown|rose|risen)\b", "stay"),),
        "home": ((r"home to\b", "stay"),),
        "stood": ((r"stood (?:at|since)\b", ""),), "stands": ((r"stands at\b", ""),), "stand": ((r"stand at (?:about |some |over |nearly )?\d", ""),),
        "standing": ((r"standing at (?:about |some |over |nearly )?\d", ""),),
        "attended": ((r"attended to\b", "process"),), "attending": ((r"attending to\b", "process"),), "attend": ((r"attend to\b", "process"),),
        "hit": ((r"hit by\b", "aid"),),
        "means": ((r"means of transport\b", "vehicle"),),
        "without": ((r"without (?:any )?(?:power|electricity|(?:clean |running |drinking )?water|heating|heat|gas|light)\b", "aid"),),
        "line": ((r"line with\b", ""), (r"line (?:near|at|into)\b", "")),
        "number": ((r"number of (?:\w+ ){1,4}(?:in|at|inside) ", "stay traffic"),),
        "put": ((r"put up\b", "stay"),), "turned": ((r"turned (?:into|out|to|up)\b", "enter"),), "left": ((r"left (?:behind|dead|over)\b", ""),),
        "took": ((r"took (?:up|part|place|effect|over|off|note)\b", ""), (r"took (?:shelter|refuge)\b", "stay")),
        "take": ((r"take (?:up|part|place|effect|over|note)\b", ""), (r"take (?:shelter|refuge)\b", "stay")),
        "taken": ((r"taken (?:up|part|place|effect|over|note)\b", ""), (r"taken (?:shelter|refuge)\b", "stay")),
        "taking": ((r"taking (?:up|part|place|effect|over)\b", ""), (r"taking (?:shelter|refuge)\b", "stay")),
        "passed": ((r"passed (?:a (?:law|bill)|the (?:law|bill))", ""),), "going": ((r"going (?:on|up)\b", ""),), "went": ((r"went (?:on|up|down)\b", ""),),
        "back": ((r"back in (?:19|20)\d\d", ""),), "stay": ((r"stay (?:shut|closed|open)\b", ""),), "remains": ((r"remains? (?:shut|closed|open|unclear|the)\b", ""),),
        "stayed": ((r"stayed (?:shut|closed|open)\b", ""),), "live": ((r"live(?: blog| updates|:)", ""),), "drive": ((r"drive (?:of|for)\b", ""),),
    },
    mixed=(
        ("hour", r" ?(?:hours?|hrs?|h)\.?", r" ?(?:minutes?|mins?|m)\b", 60), ("day", r" ?(?:days?)", r" ?(?:hours?|hrs?|h)\b", 24),
        ("km", r" ?(?:kilomet(?:re|er)s?|km)\.?", r" ?(?:met(?:re|er)s?|m)\b", 1000),
    ),
    mixed_link=r",?(?: and)? ",
    carried_out=(
        r" (?:(?:badly|seriously|gravely|severely|critically) )?(?:wounded|injured|sick)\b(?: (?!to |in |by )[a-z]+){0,2}? (?:were |have been |had been |was |could |have |had )?"
        r"(?:left|leave|crossed|cross|entered|brought (?:in|out|across|over)|let (?:in|through|out|across)|evacuated|arrived|flown out|driven out|moved out|sent across)\b"
    ),
    day_dash=r"\b(?:earlier|before|yesterday|today|ago|(?:mon|tues|wednes|thurs|fri|satur|sun)day) ?[–—:-] ?$",
    one_day=r"\b(?:on (?:the )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?!s)|yesterday|today|on \d{1,2} [a-z]{3,9}|on [a-z]{3,9} \d{1,2}|that day|alone)\b",
    by_means=(" by ", " in ", " on ", " aboard "),
    poll=r"\b(?:polls?|pollsters?|opinion (?:poll|survey))\b",
    odd=r"(?:-| )(?:odd|plus|some)",
    telling=(
        ("now", r"\b(?:now|currently|at present|still)\b"),
        ("total", r"\b(?:so far|to date|in total|total|altogether|already|until now|in all)\b"),
        ("more", r"\b(?:another|further|additional)\b"),
        ("slept", r"\b(?:slept|spent (?:the|last) night|overnight)\b"),
        ("mean", r"\b(?:average|mean|typical|typically|usual|usually|normal|normally|ordinary)\b"),
        ("past perfect", r"\bhad\b"),
        ("daily", r"\b(?:daily|a day|per day|each day|every day)\b"),
        ("ahead", r"\b(?:will|due|scheduled|planned|foreseen|expects?|is to|are to|next|wants?)\b"),
        ("reach", r"\b(?:reached|rose to|risen|grew to|stood at|stands at|exceeded|passed)\b"),
        ("enrolled", r"\b(?:registered|registrations?|signed (?:in|up)|enrolled|applied|applications?|asked for)\b"),
        ("way", r"\b(?:journey|trip|walk(?:ed|ing)?|drive|drove|driven|travel(?:led|ed|ling)?|on (?:the (?:road|way|move)|foot)|took (?:her|him|them|us|me)|trek(?:ked)?|hike[ds]?)\b"),
        ("holds", r"\b(?:hosts?|hosting|shelters?|sheltering|houses?|housed|accommodat\w+|remain(?:s|ed|ing)?|stranded|stuck|living|sleeping|staying|camped|camping)\b"),
        ("brought", r"\b(?:evacuated|relocated|taken|moved|transferred|brought|bussed|flown)\b"),
    ),
    before_times=frozenset(["since", "from", "by", "until", "till", "to", "through", "on", "in", "of", "for", "over", "during", "before", "after", "at", "between", "with", "around"]),
    small_words="first within these those previous coming not no nor so too also already still more fewer less again there here yet just even up down off over their his her its our your my of per each every both all most some any other others another aboard alone away ago earlier later today yesterday overnight tonight",
    endings=("ing", "ed", "ly", "s"),
    correction=r"\b(?:correct(?:ion|ed|s)(?! ?[-–—])|earlier (?:version|post|report|bulletin|edition|article|figure|estimate)|we (?:wrote|reported)|wrongly|mistaken?|mistakenly|misprint|misread|mistransl\w+|typo|withdr[ae]w\w*|retract\w*|not confirmed?|could not confirm|cannot confirm|rumou?rs?|slip of the|fake|false)\b",
    taken_back=(
        r"\b(?:earlier|previous|first|original|yesterday's) (?:version|post|report|bulletin|edition|article|tweet|update)\b[^;]{0,70}$|\bwe (?:had )?(?:wrote|written|reported|posted|said)\b[^;]{0,60}$|"
        r"\bcorrected (?:his|her|its|their) (?:own )?(?:statement|figure)[^;]{0,80}$|\bwas given here[^;]{0,40}$"
    ),
    inhabitants_of=(
        rf"\b(?:(?:with|its|home to|(?:city|town|village|country|island|region|area|district)['’]s){_SOME}(?:inhabitants|townspeople|residents|souls)|"
        rf"(?:has|have|had){_SOME}(?:inhabitants|townspeople|souls|(?P<many>residents)))\b"
    ),
    refers_to=(
        r"\b(?:figures?|data|numbers?|statistics|counts?) (?:\w+ ){0,3}(?:refers?|relates?|corresponds?|dates?|updated|collected|gathered) "
        r"(?:to|from|on|until|in|up to|during)\b[^.;,\d]{0,30}$|\b(?:figures|data|statistics) (?:for|of|from|on|as at)\b[^.;,\d]{0,30}$|last updated[^.;,\d]{0,12}$"
    ),
    onset=r"\b(?:beg[au]n|started|erupted|broke out|broken out|flared(?: up)?|escalated|launched|invaded|seized|toppled|hit|struck)\b[^.;\d]{0,40}$",
    definite="the ",
    reached_mark=(
        r"\b(?:past|pass(?:ed|es|ing)?|cross(?:ed)?|surpass\w*|topp?\w*|mark|threshold|milestone|barrier|limit|level|figure|ceiling|capacity|projected|forecast|expected|planned)\b|"
        r"\b(?:rose|risen|rises|climbed|grown|gone|went) (?:to )?(?:above|over|more than)\b"
    ),
    clock_after=r" (?:(?:local|gmt|utc|cet|eet|bst|zulu)\b|past (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d)|o'clock|in the (?:morning|evening|afternoon)|at night\b|(?:this|yesterday|tomorrow) (?:morning|evening|afternoon))",
    not_shares=r" (?:of (?:the |this |last )?)?(?:an? )?(?:year|month|week|decade|century|hour|day|kilomet\w+|mile|million|dozen|january|february|march|april|may|june|july|august|september|october|november|december)\b| (?:train|flight|convoy|group|wave|batch|bus|ferry|boat|ship|plane|person|man|woman|child|country|camp|crossing|site|shipment|caravan|vehicle|car|truck|lorry)\b",
    spent=r"(?:in|within|inside) (?:just |only )?",
    capacity_word=r"\b(?:capacit\w+|populat\w+|quota|limit\w*|ceiling|cap|room|space|places|beds|seats|designed|built|planned|meant|intended|pegged|licensed|inhabitants?|town of|city of|village of|island of|district of|used to have|home of|put up|set up|laid out|place|wide enough|big enough|to hold|able to|district of|settlement of|residents|hosts?|normally|meant)\b",
    figure_word=r"\b(?:figures?|numbers?|tally|tallies|total\w*|count\w*|estimates?|estimated|stands? at|stood at|put at|at|reached|rose|fell|grew|increased|recorded|registered|logged|average|record|peak)\b",
    head_last=True,
    daily=r"\b(?:(?:on )?(?:an?|each|every) (?:ordinary|normal|average|usual|typical|regular) (?:day|weekday|saturday|sunday|monday|friday)|on (?:normal|ordinary|usual|some|most|many|busy|such) days|(?:each|every) night|on each of the|on an? (?:ordinary|normal|average|usual|typical|regular) (?:day|weekday|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|daily(?! (?:quota|limit|cap|mirror|mail|telegraph|star|news|life|bread|routine))|each day|every day|per day|a day(?! (?:earlier|before|ago|later))|day after day)\b",
    apart=r"\s*(?:to the (?:north|south|east|west)[- \w]*|from|away|north|south|east|west|inland|off|deep|inside|down the road|long frontier|wide|high|to the)\b",
    open_hours=r"\b(?:open|serves?|operates?|operating|works?)(?: for)? $",
    around_the_clock=r"\s*(?:a day|per day|later|of (?:fighting|talks|rain|work)|flight|deadline|old|notice|before(?! (?:being|they|he|she|it|a|an|the|any|\w+ing)\b)|after|ago|service|curfew)\b",
    passed_in=r"\b(?:in|within) $",
    in_front=r" (?:(?:are|were|is|was|stood|stand|standing|lined up|parked) )?(?:in front of|outside) (?:the|one|a|this)\b",
    list_link=r"(?:[,;]|\band|\bwhile)\s*$",
    in_queue=r"\bin (?:the |a )?(?:queue|line)\b|\bstood in\b",
    pronouns=r"(?:he|she|it|they|we|i|you|who|which|this|that|there|officials?|one|others|sources?|people|men)",
    the_figure=r"\b(?:this|that|the|its|their|his|her) (?:figure|number|estimate|count|statement)\b|\bit\b",
    reporting_period=r"\b(?:reporting (?:period|day|date|week|month)|data as of|data for|situation on|period covered|covering|covers|period|week of|data collected|weekly)\b",
    still_displaced=r"\b(?:internally displaced|remain displaced|are displaced|currently displaced|still displaced|displaced people|displaced persons|idps)\b",
    newly=r"\b(?:newly|new|were displaced|have been displaced|was displaced|between|triggered|forced to|in the past|over the past)\b",
    ways=(
        ("foot", r"\b(?:on foot|by foot|walked|walking|pedestrians?)\b"), ("rail", r"\b(?:by train|by rail|train with|trains?)\b"),
        ("air", r"\b(?:by air|by plane|flights?|flew|flown|airlifted)\b"), ("bus", r"\b(?:by bus|by coach)\b"), ("car", r"\b(?:by car)\b"),
    ),
    habitual=r"\b(?:normally|usually|typically|ordinarily|in normal times|in ordinary times|(?:on|in) an? (?:ordinary|normal|average|usual|typical|regular) (?:day|weekday|weekend|week|month|\w+day)|used to|pre-(?:war|crisis|conflict))\b",
    cumulative=("cumulativ", "altogether"),
    governs=r"(?:expects?|plans?|hopes?|fears?|wants?|agreed|accused?|insists?|admits?|has agreed|is preparing|has said)\b",
    present_after=(
        r"\s+(?:(?:are|were|remain|slept|sleep|lay|live|stay|stayed) )?(?:now |still |currently |all )?(?:in|inside|at|under) (?:the |a |an |its |our |their |these |some |\d+ )?(?:\w+[ -]){0,3}?"
        r"(?:line|queues?|tents?|camps?|settlements?|sites|shelters?|cent(?:re|er)s?|halls?|schools?|hotels?|buildings?|hostels?|mosques?|churches|stadiums?|gyms?|tarpaulins?|host families|building|fields?|platforms?|squares?|streets|open)\b"
    ),
    span_before=r"\b(?:first|last|past|next|coming|previous|preceding|these|those|the same|every|within|elapsed|(?:over|during|in|for) the)\s+(?:about |around |little more than |just over |almost |nearly )?$",
    risen_to=r"\b(?:risen|grown|climbed|increased|jumped|swollen|fallen|dropped|gone up|gone down)\s+to\s+$|\b(?:is|are|stands?)\s+now\s+(?:at\s+)?$",
    called_up=r"\b(?:call-?up|mobili[sz]ation|conscription|drafting|recruitment|enlistment) of (?:the )?$|\b(?:call(?:ed|s|ing)? up|conscript(?:ed|ing)?|mobili[sz](?:e|ed|ing)) (?:another |a further )?$",
    permitted=r"\b(?:visa-free|without (?:registration|registering|a permit)|residence permit|(?:allowed to|may|can) stay|lets? \w+ stay)\b",
    set_against=r"\b(?:(?:as )?against|versus|vs\.?|compared (?:to|with)|(?:up|down|fall(?:en)?|fell|rose|risen|grew|grown) from|than)(?: (?:a|an|the|only|just|about|some|around|nearly|almost|over|under|roughly|fewer than|more than|as many as)){0,2} $",
    present_before=r"\b(?:currently|presently|now|still) (?:in|at|inside) [^.;:\d]{2,30}: ?$|\b(?:filled(?: up)?|packed|crammed|crowded|overflowing) with $",
    per_trip=r" (?:a|per|each|every|on (?:each|every)) (?:trip|journey|voyage|crossing|run|flight|sailing)\b",
    is_given=r" (?:(?:have|had|has|who) )?(?:also )?(?:received|receive|receives|were given|are given|got|get|benefited|benefit)\b(?! (?:shelter|protection|asylum|temporary|refuge|in|by|at|on|from|to|visas?|permission|refugee status))",
    that=r",?\sthat\s",
    first_span=r"\b(?:in|during|over|within) (?:the|its|their) (?:very )?first (?:(?P<n>\d{1,2}|two|three|four|five|six|ten) )?(?:(?P<week>weeks?)|days?)\b",
    there_are=r"\bthere (?:are|were|remain) $",
    carries=r"\b(?:took|take|takes|brought|bring|carried|carry|carrying|ferried|delivered|disgorged|transported|evacuated|dropped)\b",
    half_names=frozenset({"nizhny", "lower", "upper", "verkhny", "new", "old", "north", "south", "east", "west"}),
    gate_words=r"\b(?:checkpoint|check-point|crossing|border post|border point|border gate|point of entry|entry point|bridge|border crossing|customs post|post)\b",
    not_places=(
        r"^(?:the|a|an|and|but|with|without|after|before|between|under|along|he|she|it|they|we|i|this|that|these|those|mr|mrs|ms|on|in|at|for|photo|afp|reuters|associated|interfax|tass|twitter|telegram|facebook|"
        r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|"
        r"unhcr|iom|dtm|un|united|ocha|unicef|unrwa|frontex|ministry|minister|interior|border|guard|police|president|prime|government|authorities|office|"
        r"migration|red|world|european|human|children|women|men|since|most|some|many|more|over|about|friendship|christmas|easter|ramadan|orthodox|tutsi|"
        r"local|region|emergency|key|update|situation|report|figure|data|total|note|source|admin|covid|nato|who|msf|refugee|refugees|médecins|bbc|cnn|"
        r"foreign|affairs|general|security|state|national|geneva|moscow|kremlin|white|house|service|committee|council|agency)\b"
    ),
    not_before_places=r"\b(?:told|by|minister|president|spokes\w+|director|chief|mr|mrs|ms|said|says|head|named|called|like|governor|secretary|of the|with|to the)\s+$",
    compared=r"(?:\bthan|\bas (?:on|in) an? (?:ordinary|normal|usual|average|typical) (?:day|week|month)|compared (?:to|with)|(?:up|down)(?: by)? (?:almost |nearly |about |some |over )?[\d.,]+ ?(?:%|per ?cent|million|thousand)?(?: people)? (?:from|on|against)|\bversus|(?:figure|number|total|level|rate) (?:for|of|in))(?: the| a| on| in| those)?(?: same| day| period| figure)?(?: on| of| in)? ",
    throughput=r"\b(?:capacity|can (?:process|handle|pass|clear)|able to (?:process|handle)|throughput|designed to (?:process|handle))\b",
    takes_in=r"\b(?:took|takes|taken)(?: in)? $",
    their_country=r"\b(?:to|in|into) their (?:country|countries|territory|territories)\b",
    respectively=r"\brespectively\b",
    opposite=r"\b(?:opposite|other|reverse|contrary|return) (?:direction|way|journey)\b|\b(?:in|meaning|sense) (?:reverse|inverse)\b",
    via=r"\b(?:via|through|across)\s+(?:the )?$",
    returnees=r"returnee|deportee",
    side=r"(?:'s)? (?:invasion|war|attack|offensive|mobili[sz]ation|aggression|states?|countries|member|side|plates?|citizens?|nationals?|passports?|men|language)\b",
    people_of=r"\b(?:citizens|nationals|people|residents|refugees|men|inhabitants|deportation|president|government|minister) (?:of|from) (?:the )?$",
    neighbours=r"\bneighbou?ring (?:countries|states|nations)\b",
    short_months=r"|(?<=\bin )may|(?<=since )may|(?<=early )may|(?<=late )may|(?<=during )may|(?<=(?:day|eek) of )may\b(?! \d)",
    still=r"\b(?:still|remain|remained|now|currently)\b",
    inhabitants=r"inhabitants|townspeople|townsfolk",
    lived_before=r"\b(?:before|prior to|until) (?:the |this |russia's |russian )?(?:current |present )?(?:crisis|war|invasion|conflict|fighting|attack|offensive|exodus)\b[^;]{0,90}\b(?:home to|lived?|population)\b",
    lived_there=r" (?:(?:had|used to|also|normally) ){0,2}(?:lived?|resided?) (?:there\b|in (?:the )?(?:country|(?:\w+ ){0,2}(?:province|region|state|governorate|enclave|district|areas? under)\b))| used to live\b",
    the_crossing=r"\b(?:the|this|that|its) (?:(?:border|land|road) )?(?:crossing|checkpoint|check-point|post|bridge|gate|border post|crossing point|border)\b",
    the_town=r"\b(?:the|this|that) (?:(?:reception|transit|registration|border|refugee|way|host) )?(?:centre|center|camp|town|city|village|settlement|way station)\b(?: council|\b)",
    part_of=r"\b(?:including|among (?:them|those|these)|of (?:whom|these|them|which))(?: (?:about|some|at least|roughly|around|nearly|almost|more than|over))?,?\s*$",
    figure_was=r"\b(?:figure|number|total|count|tally)\b(?: of \w+| \w+)? (?:was|had been|stood at|had stood at)\s*(?:about |around )?$",
    reaches=r"\b(?:reach|exceed|rise to|grow to|climb to|top|surpass|swell to|total|number)\b",
    before_day=r"\b(?:before|prior to)\s+(?:the )?$",
    clock_day=r",? ?(?:local time|gmt|on|of)?,? ?",
    day_clock=r",? ?(?:at|by|around|until)? ?",
    range_open=r"\b(?:between|from|since)\s+(?:\d{3,4} (?:hrs |hours |h )?|noon |midnight |midday )?(?:on )?(?:the |early |late )?(?:(?:morning|afternoon|evening|night|start|beginning|end|middle) of )?(?:the )?$",
    range_link=r",? (?:morning |afternoon |evening |night |midnight |noon )?(?:and|to|until|till|through|up to|up until|and up to|through to)(?: and including)? (?:\d{3,4} (?:hrs |hours |h )?|noon |midnight |midday )?(?:the |on |late |early )?(?:(?:morning|afternoon|evening|night|end) of )?(?:the )?| ?[-–—] ?",
    range_alone=r" (?:morning |afternoon |evening |night |midnight |noon )?(?:to|through|until|till|through to) (?:the )?(?:(?:morning|afternoon|evening|night) of )?(?:the )?| ?[–—-] ?",
    days_to=r"(?:\b(?P<dn>\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|fourteen|fifteen|thirty) |\bthe )(?P<du>days|hours|hrs|weeks|months|week|fortnight|month|day) (?:to|ending|ended|concluding|until|up to|through)(?: on)?(?: the (?:morning|evening|night) of)? $",
    before_event=r"\b(?:before|prior to|ahead of|until)\s+(?:the |russia's )?",
    total=r"\b(?:bring|tak|push|rais)(?:e?s|ing) (?:the|its|their) (?:total|number|tally|figure|count)\b|\bwith (?:these|them)\b|\bmak(?:es|ing) (?:it )?(?:about |some |over )?(?=\d)",
    days_from=r"\b(?P<dn>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|fourteen) (?P<du>days|weeks) (?:beginning|starting|commencing|from)(?: on)?(?: the (?:morning|evening|night) of)? $",
    before_that=r"\b(?:before that|until then|prior to that|before then|previously)\b[^.;]{0,30}$",
    arrivals=r"arrival|newcomer|entrant",
    only_per=r"\s*(?:a day(?! (?:earlier|before|ago|later))|per day|daily|each day|every day|/day|an hour|per hour|per 24)",
    tenses=(
        ("will", r"\b(?:will|(?:would|could|may|might)(?! have)|expect\w*|plan\w*|is to|are to|due|scheduled|foreseen|set to|meant to|wants?|intend\w*)\b"),
        ("had", r"\bhad\b"),
        ("have", r"\b(?:has|have|'ve)\b|\bso far\b|\balready\b"),
        ("is", r"\b(?:is|are|'s|remains?|now|currently|stands?|wait|waits|stay|stays|live|lives|sleep|hosts?|holds?|takes?|lasts?|needs?|still)\b|\b(?:waiting|sleeping|staying|living)\b"),
        ("was", r"\b(?:was|were|did|came|went|left|took|saw|got|made|spent|slept|ran|stood|held|\w{3,}ed)\b"),
    ),
    by_vehicle=r"\b(?:ferry|ferries|ships?|vessels?|planes?|flights?|flew|flown|airlift\w*|trains?|bus(?:es|ed)?|coach(?:es)?|sail(?:ed|s)|air bridge|barges?)\b",
    by_nation=r"nationalit|citizenship|(?:country|countries) of origin|where (?:they|people) (?:came|come|are) from|\borigin\b",
    the_region=r"\b(?:the|this|that|its|our) (?:\w+ )?(?:region|province|county|district|state(?! (?:tv|media|news|agency|of))|governorate|oblast|island|prefecture|department|territory|enclave|strip)\b",
    local_office=r"\b(?:mayor|prefect|prefecture|governor|governor's|county|municipality|municipal|city hall|town hall|district|provincial|regional|local|chief of police|police chief|station|camp (?:manager|commander|commandant|coordinator)|headmaster|priest|commissioner|administrator|village)\b",
    national_office=r"\b(?:interior minist\w+|home minist\w+|foreign minist\w+|minist\w+ of \w+|ministry|prime minister|president|government|border (?:guard|police|service|agency)s?|border guards|immigration|unhcr|iom|united nations|un\b|ocha|statistic\w*|national|federal|civil protection)\b",
    in_all=r"\b(?:in all|in total|total|totals|altogether|overall|combined|nationwide|nationally|countrywide|taken together|all (?:the )?(?:\w+ )?(?:crossings|points|posts|sites|camps|provinces|regions|borders|checkpoints)|across the (?:country|region|border|province|state)|as a whole|the whole (?:country|border)|running total|running count)\b",
    nationwide=r"\b(?:nationwide|nationally|country-?wide|(?:across|throughout|all over) the (?:whole |entire )?country|country as a whole)\b",
    prepositions={
        "at": "in at on inside within around throughout", "near": "near outside opposite facing by beside behind beyond above below past off", "via": "through via across over",
        "to": "to into reach reached reaching onto enter entered entering enters", "toward": "towards toward for", "from": "from left leaving leave fled flee fleeing quit", "of": "of", "with": "with", "between": "between",
        "against": "against under", "about": "about", "time": "since after before during until", "like": "like including",
    },
    place_words={
        "event": (
            "attack* strike strikes airstrike* fighting fight clashes clash war wars battle* fall fell siege shelling bombing bombardment* invasion coup earthquake* quake* "
            "flood* offensive violence unrest assault* raid* mobilisation mobilization conflict hostilities crisis eruption ceasefire uprising crackdown advance capture takeover "
            "blockade massacre* explosion* blast* killing* killings occupation annexation withdrawal truce troubles rebellion insurgency storming operation"
        ),
        "office": (
            "ministry ministries minister ministers government governments authority authorities official officials governor governor's mayor mayors embassy consulate consul ambassador "
            "prefect prefecture prefecture's police policeman administration spokesman spokeswoman spokesperson spokespeople office offices commissioner council agency directorate "
            "president presidency parliament army troops soldiers military guard guards customs correspondent newspaper media broadcaster bureau desk secretary commission branch mission "
            "delegation headquarters envoy diplomat* representative* chief head lawmakers senate court fund chairman coordinator teacher professor"
        ),
        "route": "road roads highway highways motorway route routes track tracks train trains flight flights ticket tickets bus buses coaches plane planes ferry ferries ship ships boat boats way line convoy convoys ride onward bound heading corridor link links street avenue",
        "gate": "crossing crossings checkpoint checkpoints check-point border borders frontier gate gates bridge bridges post posts barrier customs",
        "site": "camp camps centre center centres centers site sites settlement hospital airport station school schools market port harbour harbor stadium university hotel hotels church mosque park square campus hall halls community quarter neighbourhood shelter shelters barracks terminal tent tents reception transit",
        "area": "district districts province provinces region regions county counties state states governorate oblast island islands village villages town towns city cities municipality department area areas capital valley side mainland territory republic kingdom",
        "beside": "north south east west km kilometres kilometers miles hours inland upstream downstream northeast northwest southeast southwest away opposite outskirts edge outside",
        "host": "hosts hosted host hosting shelters shelter sheltered houses housed has had have holds held receives received took takes taken registered registers registering counted counts recorded records logged logs saw sees seen reported reports welcomed admitted admits accepted accepts absorbed cares let lets processed processes gives checked clocked",
        "say": "said says say told tells announced announces stated confirmed confirms added puts put speaks spoke estimates estimated claims claimed warned expects denied denies insists wrote writes",
        "agent": "moved moves sent sends deported deports expelled expels evacuated evacuates flew asked asks closed closes shut opened opens plans planned plan wants agreed agrees accused hopes offered promised sealed halted stopped barred promises pledged wishes intends is's",
        "be": "is was are were will would can could may might remains remained stands stood now which who where",
        "skip": "the a an its their his her our this that some whole entire all neighbouring neighboring nearby eastern western northern southern central north-eastern northeastern north-western southeastern safer main rural greater upper lower town city village port capital old new own small remote",
    },
)
