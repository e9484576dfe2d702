"""The style sheet of the page: light and dark, narrow and wide, screen and A4. Colours are told apart by people with colour-blindness."""

LIGHT = """--bg:#fff;--fg:#16202b;--quiet:#566270;--rule:#d9dfe5;--soft:#f3f6f8;--link:#0b5cad;--ahead:#0b5c94;--ahead-half:#6fb0d8;--ahead-wide:#cfe4f2;
--past:#4b5561;--past-half:#b4bbc3;--past-wide:#e2e6ea;--used:#b34700;--checked:#b34700;--unused:#7a8490;--warn-bg:#fff1e0;--warn:#a84300;
--sea:#eaf1f6;--land:#faf9f5;--border:#aab3bc;--flow:#0b5c94;--queue:#c96f17;--decision:#b34700;--unknown:#0b5c94;--swing:#8a949e;--rest:#d9dfe5"""
DARK = """--bg:#12171c;--fg:#e6eaee;--quiet:#9fabb7;--rule:#333c45;--soft:#1a2027;--link:#85bdf2;--ahead:#79c3f2;--ahead-half:#31719c;--ahead-wide:#1d4059;
--past:#b4bbc3;--past-half:#535d68;--past-wide:#333b44;--used:#f2a33c;--checked:#f2a33c;--unused:#8792a0;--warn-bg:#3a2710;--warn:#f5ab4a;
--sea:#172028;--land:#262e35;--border:#56616c;--flow:#79c3f2;--queue:#f2a33c;--decision:#f2a33c;--unknown:#79c3f2;--swing:#8792a0;--rest:#333c45"""
FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",Arial,sans-serif'

DRAWING = """
.fan,.map{display:block;width:100%;height:auto;font-family:inherit}
.tick{font-size:10.5px;fill:var(--quiet);font-variant-numeric:tabular-nums}
.tick.likely{fill:var(--ahead);font-weight:700;font-size:12px}
.tick.edge{fill:var(--ahead)}
.end{text-anchor:end}.mid{text-anchor:middle}.start{text-anchor:start}
.grid{stroke:var(--rule);stroke-width:.7}
.asof{stroke:var(--quiet);stroke-width:1;stroke-dasharray:4 3}
.ahead.wide{fill:var(--ahead-wide)}.ahead.half{fill:var(--ahead-half)}.ahead.median{stroke:var(--ahead)}
.past.wide{fill:var(--past-wide)}.past.half{fill:var(--past-half)}.past.median{stroke:var(--past)}
.median{fill:none;stroke-width:1.8}
.mark{fill:none;stroke-width:1.6}
.mark.used{stroke:var(--used)}.mark.used circle{fill:var(--used);stroke:var(--bg);stroke-width:1}
.mark.checked{stroke:var(--checked);stroke-width:1.4}.mark.checked circle{fill:var(--bg)}
.mark.checked path,.mark.checked line{stroke-dasharray:3 2}
.mark.unused{stroke:var(--unused);stroke-width:1.3}.mark.unused circle{fill:var(--unused);stroke:none}
.sea{fill:var(--sea)}.land{fill:var(--land);stroke:var(--border);stroke-width:.4}
.border{fill:none;stroke:var(--border);stroke-width:1}.border.disputed{stroke:var(--quiet);stroke-dasharray:3 3}
.flow{fill:var(--flow);stroke:var(--land);stroke-width:.5}
.queue{fill:var(--queue);fill-opacity:.55;stroke:var(--queue);stroke-width:1}
.leader{stroke:var(--quiet);stroke-width:.8}
.frame{fill:none;stroke:var(--quiet);stroke-width:1}
.letter{font-size:14px;font-weight:700;fill:var(--fg)}
.label{fill:var(--fg);paint-order:stroke;stroke:var(--land);stroke-width:3px;stroke-linejoin:round}
.label .name{font-weight:700}
.country{fill:var(--quiet);text-anchor:middle;letter-spacing:.06em;text-transform:uppercase;paint-order:stroke;stroke:var(--land);stroke-width:2px}
.bar{fill:none;stroke:var(--quiet)}
.scale{paint-order:stroke;stroke:var(--land);stroke-width:3px;stroke-linejoin:round}
"""
"""Rules of pictures, which stand alone too."""

ALONE = f"""
.fan,.map{{font-family:{FONT}}}
.head{{font-size:14px;font-weight:700;fill:var(--fg)}}
"""
"""What a picture needs that brings its own words."""

PICTURE_CSS = f"svg{{{LIGHT};background:var(--bg);font-family:{FONT}}}@media (prefers-color-scheme:dark){{svg{{{DARK}}}}}{DRAWING}{ALONE}".replace(
    "\n", ""
)

CSS = (
    f"""
:root{{{LIGHT}}}
@media (prefers-color-scheme:dark){{:root{{{DARK}}}}}
*{{box-sizing:border-box}}
html{{-webkit-text-size-adjust:100%;color-scheme:light dark;scroll-behavior:smooth}}
body{{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 {FONT};overflow-wrap:break-word}}
"""
    + DRAWING
    + """
header,main,footer{max-width:1240px;margin:0 auto;padding:0 20px}
header{padding-top:22px}
footer{padding:24px 20px 40px;color:var(--quiet);font-size:.85rem}
.kicker{color:var(--ahead);font-weight:700;font-size:.92rem;margin:0 0 .2rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .3rem;text-wrap:balance;max-width:60ch}
h2{font-size:1.3rem;line-height:1.3;margin:0 0 .5rem}
h3{font-size:1rem;line-height:1.35;margin:1.2rem 0 .3rem}
section{padding:30px 0 4px;border-top:1px solid var(--rule);margin-top:26px}
#charts,#claims,#figures,#contradictions,#drivers{content-visibility:auto;contain-intrinsic-size:auto 2000px}
#planning{border:0;margin:0;padding:2px 0 0}
#planning>h2{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
p{margin:.4rem 0 .8rem}
ul{margin:.3rem 0 .8rem;padding-left:1.2rem}
li{margin:.2rem 0}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-9999px;top:0;padding:8px 14px;background:var(--bg);color:var(--link);z-index:1}
.skip:focus{left:8px}
.asof-text{color:var(--quiet);margin:0 0 .7rem}
.note,section>p,section>ul{max-width:80ch}
.note,.quiet,.unit,.range,.why,.legend{color:var(--quiet)}
.note,.legend{font-size:.92rem}
.unit,.range,.why,.small-print{font-size:.85em}
.unit,.range{font-weight:400}
.window,.range,.id{white-space:nowrap}
.why,.block{display:block;font-weight:400}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.key-points{list-style:none;padding:0;margin:.2rem 0 .6rem;max-width:none!important;display:grid;gap:.3rem;font-size:1.06rem}
.key-points li{padding-left:.9rem;border-left:4px solid var(--ahead-half);margin:0}
.banner{border:2px solid var(--warn);border-left-width:8px;background:var(--warn-bg);padding:12px 16px;margin:8px 0 16px}
.banner p,.banner ul{margin:.2rem 0}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;padding:10px 0;margin:18px 0 0;font-size:.92rem;border-top:1px solid var(--rule)}
nav li{margin:0}
.scroll{overflow-x:auto;margin:.3rem 0 .8rem}
table{border-collapse:collapse;width:100%;font-size:.95rem;position:relative}
th,td{padding:6px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--quiet);font-size:.82rem;font-weight:600;vertical-align:bottom;line-height:1.25}
thead td{border:0}
tbody th{font-weight:400}
.over{border-bottom:0;padding-bottom:0;color:var(--fg)!important}
.num{text-align:right;font-variant-numeric:tabular-nums}
td.num{white-space:nowrap}
tr.group td{width:auto;font-weight:700;padding-top:14px;border-bottom-color:var(--quiet)}
.planning td{width:21%}
.range{display:block;line-height:1.2}
.pair{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.1fr);gap:0 36px;align-items:start}
.pair h3{margin-top:.6rem}
.figures{font-size:.92rem}
.figures td,.figures th{padding:4px 6px}
.figures th:first-child,.figures td:first-child{padding-left:0}
.figures th:last-child,.figures td:last-child{padding-right:0}
.figures .range{font-size:.86em}
.figures b{font-size:1.08em}
.figures tbody th{font-weight:600;line-height:1.25;min-width:6.5rem}
.figures td.num b{font-weight:700}
.spark{width:84px;height:28px;display:block}
.figures td.sparkline{min-width:96px;vertical-align:middle;padding-left:10px}
.meter{display:inline-block;width:90px;height:8px;background:var(--past-wide);vertical-align:1px;margin-right:8px}
.meter span{display:block;height:100%;background:var(--used)}
.small{width:auto;min-width:min(420px,100%)}
.small .val{font-variant-numeric:tabular-nums;word-break:break-word}
.alarms{width:100%}
.chance{white-space:nowrap}
.chance b{display:inline-block;min-width:3.4em}
.plainhead thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.claims{font-size:.88rem;table-layout:fixed}
.claims thead th:nth-child(1){width:27%}
.claims thead th:nth-child(2),.claims thead th:nth-child(3){width:15%}
.claims thead th:nth-child(4){width:13%}
.claims td.num{white-space:normal}
.id{color:var(--quiet);font-size:.9em}
.status{font-size:.88em;border:1px solid var(--rule);border-radius:3px;padding:0 4px;white-space:nowrap}
.status.used{border-color:var(--used);color:var(--used)}
q{font-style:italic}
.outside{color:var(--warn);font-weight:700}
details{border-top:1px solid var(--rule);padding:2px 0}
details summary{cursor:pointer;padding:5px 0;font-weight:600}
summary .unit{font-weight:400}
summary .block{display:inline}
.places{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));grid-auto-flow:dense;gap:0 26px;align-items:start}
.charts{display:grid;grid-template-columns:minmax(0,1fr);gap:12px 26px}
.camps{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(340px,100%),1fr));gap:12px 26px}
.camps-map{min-width:620px;max-width:900px;border:1px solid var(--rule)}
.n2{grid-column:span 2}.n2 .charts{grid-template-columns:repeat(2,minmax(0,1fr))}
.n3{grid-column:span 3}.n3 .charts{grid-template-columns:repeat(3,minmax(0,1fr))}
.place h3{margin-top:1.6rem;padding-bottom:2px;border-bottom:1px solid var(--rule)}
figure{margin:0;min-width:0}
figcaption{font-weight:600;font-size:.95rem}
.matrix td{width:15.5%}
.matrix tbody th{min-width:9rem}
.matrix b{font-size:1.08em}
.delta{width:110px;height:11px;margin-top:3px}
.dot{fill:var(--ahead)}
.map-wide,.map-narrow{margin:.6rem 0}
.map-wide svg,.map-narrow svg,.map-close svg{border:1px solid var(--rule)}
.map-narrow{display:none}
.closer{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:14px 26px}
.map-close{max-width:600px}
.legend{display:flex;flex-wrap:wrap;gap:2px 18px;align-items:center;max-width:none!important}
.legend>span{display:inline-flex;align-items:center}
.key{width:16px;height:16px;margin-right:4px;flex:none}
.sample{width:40px;height:32px;margin-right:4px;flex:none}
.swatch{display:inline-block;width:.8em;height:.8em;margin-right:.4em;flex:none}
.swatch.decision{background:var(--decision)}.swatch.unknown{background:var(--unknown)}.swatch.swing{background:var(--swing)}.swatch.rest{background:var(--rest)}
.stacked{display:flex;height:14px;margin:.2rem 0 .4rem}
.stacked .swatch{width:auto;height:100%;margin:0}
.drivers,.contradictions,.card{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(340px,100%),1fr));gap:6px 34px}
.contradictions{grid-template-columns:repeat(auto-fill,minmax(min(480px,100%),1fr))}
.driver ul{list-style:none;padding:0;font-size:.92rem}
.driver h3,.card h3{margin-top:.8rem}
.sides{table-layout:fixed}
.sides td,.sides th{padding:4px 6px;font-size:.9rem}
.sides thead th:nth-child(1){width:38%}.sides thead th:nth-child(2){width:27%}
.sides td.num{white-space:normal}
table.parts thead th:nth-child(1){width:80%}table.parts thead th:nth-child(2){width:20%}
.in-print{display:none}
.strip{vertical-align:middle}
svg.strip{width:100%;height:18px}
@media screen and (max-width:1180px){
.pair{grid-template-columns:minmax(0,1fr)}
.matrix{font-size:.85rem}
.matrix td,.matrix th{padding:6px 5px}
.matrix tbody th,.matrix th:first-child{min-width:8rem;padding-left:0}
.delta{width:88px}
}
@media screen and (max-width:1000px){
.places{grid-template-columns:repeat(2,minmax(0,1fr))}
.n2,.n3{grid-column:span 2}.n3 .charts{grid-template-columns:repeat(2,minmax(0,1fr))}
}
@media (max-width:640px){
body{font-size:15px}
header,main,footer{padding-left:16px;padding-right:16px}
h1{font-size:1.35rem}
.key-points{font-size:1rem}
.planning thead th,.planning .range,.planning .unit{font-size:.78rem}
.planning td{width:auto}
.planning tr.group td{grid-column:1/-1}
.planning thead td,.planning thead th:first-child{display:none}
.figures,.figures thead,.figures tbody,.planning,.planning thead,.planning tbody{display:block}
.planning tbody th{grid-column:1/-1}
.planning td,.planning th{border:0;padding:1px 2px}
.figures tr,.planning tr{display:grid;grid-template-columns:repeat(3,1fr);border-bottom:1px solid var(--rule);padding:4px 0}
.crossings thead{display:none}
.crossings tr{grid-template-columns:repeat(3,minmax(0,1fr));gap:0 6px}
.crossings td.num{white-space:normal}
.crossings td.num::before{content:attr(data-label);display:block;color:var(--quiet);font-size:.74rem;line-height:1.2;text-align:right}
.crossings td.num{margin-bottom:4px}
.figures td,.figures th{border:0;padding:0 2px}
.figures tbody th{grid-column:1/-1}
.figures thead td,.figures thead th:first-child{display:none}
.figures thead td+th:first-child{display:block}
.figures thead th{font-size:.74rem}
.figures .range{font-size:.74rem}
.figures td.sparkline{display:none}
.meter{width:44px}
.places,.n2 .charts,.n3 .charts{grid-template-columns:minmax(0,1fr)}
.n2,.n3{grid-column:span 1}
.map-wide{display:none}.map-narrow{display:block}
.stack,.stack tbody,.stack tr,.stack th,.stack td{display:block;width:100%}
.stack thead{display:none}
.stack tr{border-bottom:1px solid var(--rule);padding:8px 0}
.stack th,.stack td{border:0;padding:1px 0}
.stack tbody th{font-weight:600}
.stack td:empty,.matrix td:has(.hardly){display:none!important}
.stack td[data-label]{display:flex;justify-content:space-between;gap:16px;text-align:right;white-space:normal}
.stack td[data-label]::before{content:attr(data-label);color:var(--quiet);text-align:left;flex:0 1 55%;font-size:.85rem}
.stack td.source{display:block;text-align:left}
.stack td.source::before{content:none}
}
@page{size:A4;margin:13mm}
@media print{
#charts,#claims,#figures,#contradictions,#drivers{content-visibility:visible}
"""
    + f":root{{{LIGHT}}}"
    + """
html{color-scheme:light}
html{font-size:8.4pt}
body{font-size:1rem;-webkit-print-color-adjust:exact;print-color-adjust:exact}
header,main,footer{max-width:none;padding:0}
h1{font-size:14pt;max-width:none;text-wrap:auto}
h2{font-size:11.5pt}
h3{font-size:9pt;margin-top:7px}
.key-points{font-size:9pt;gap:1px}
nav,.skip{display:none}
section{break-inside:auto;margin-top:8px;padding-top:10px}
.pair{grid-template-columns:minmax(0,1fr);gap:0}
.figures{font-size:8pt}
.figures td,.figures th{padding:.5px 5px}
.figures .range{display:inline;font-size:7.2pt;margin-left:3px}
.figures tbody th{min-width:10rem}
.figures .spark{height:16px}
.alarms td,.alarms th{padding:1px 6px;font-size:8pt}
.planning td,.planning th{padding:1.5px 6px;font-size:8pt}
.planning .range{display:inline;margin-left:4px}
#figures table{break-inside:auto}
.claims{font-size:7.2pt;line-height:1.3}
.claims td,.claims th{padding:1.5px 5px}
.claims thead th:nth-child(1){width:29%}
.claims thead th:nth-child(2),.claims thead th:nth-child(3){width:12%}
.claims thead th:nth-child(4){width:11%}
.few thead{visibility:collapse}
.annex summary{padding:2px 0}
.annex .scroll{margin:0 0 2px}
.contradictions>div,.card>div{display:inline-block;vertical-align:top;width:48%;margin-right:1.9%}
.contradictions h3{font-size:8pt;margin-top:5px}
.contradictions .scroll{margin:0}
.sides td,.sides th{padding:2px 4px;font-size:7.2pt}
.stack td,.stack th{padding-top:1.5px;padding-bottom:1.5px}
#exceedance table{font-size:7.6pt}
.note,.legend{font-size:8pt}
.note,section>p,section>ul{max-width:none;margin:.2rem 0 .4rem}
.crossings tbody th{white-space:nowrap}
.places .fan{width:78mm}
details:not([open]):not(.annex){display:none}
.card{font-size:8pt;line-height:1.35}
.card li{margin:0}
.matrix{font-size:7.6pt}
.matrix{table-layout:fixed}
.matrix thead th{width:14%}
.matrix thead th:first-child{width:30%}
.matrix .range{line-height:1.1}
.delta{height:8px;margin:0}
.matrix .block{font-size:6.6pt}
.effects h3{margin-top:2px}
.drivers,.contradictions,.card{display:block}
.drivers>div{display:inline-block;vertical-align:top;width:32%;margin-right:1.3%}
.driver h3{font-size:8pt;margin-top:4px}
.driver ul{font-size:7.2pt;line-height:1.3;margin:2px 0 4px}
.driver li{margin:1px 0}
.stacked{height:9px;margin:1px 0 2px}
#planning{break-after:page}
h2,h3,thead,tr.group,summary,h2+.note,h2+.note+.legend,h3+.note{break-after:avoid}
figure,tr,.banner,.driver,.contradictions>div,.card>div,.whole,.effects,.few,.legend,#exceedance,#shelter{break-inside:avoid}
#charts,#figures{break-before:page}
.places{grid-template-columns:repeat(2,minmax(0,1fr));gap:3px 18px}
.place,.charts{display:contents}
.place h3{display:none}
.in-print{display:inline}
figcaption{font-size:8pt}
.map-wide{display:block}.map-narrow{display:none}
.closer{grid-template-columns:1fr 1fr}
.scroll{overflow:visible}
details.annex::details-content{content-visibility:visible;block-size:auto}
}
"""
)
