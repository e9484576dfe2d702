"""English names of countries by ISO 3166-1 alpha-2 code; the first name is the one that is printed.

Only names and codes belong here. `XK` is the user-assigned code in common use for Kosovo. A name here says nothing about status.
"""

from __future__ import annotations

_TABLE = """
AD Andorra|AE United Arab Emirates,UAE,Emirates|AF Afghanistan|AG Antigua and Barbuda|AI Anguilla|AL Albania|AM Armenia|AO Angola|AQ Antarctica
AR Argentina|AS American Samoa|AT Austria|AU Australia|AW Aruba|AX Åland Islands,Aland Islands|AZ Azerbaijan|BA Bosnia and Herzegovina,Bosnia
BB Barbados|BD Bangladesh|BE Belgium|BF Burkina Faso|BG Bulgaria|BH Bahrain|BI Burundi|BJ Benin|BL Saint Barthélemy|BM Bermuda
BN Brunei,Brunei Darussalam|BO Bolivia|BQ Caribbean Netherlands|BR Brazil|BS Bahamas|BT Bhutan|BV Bouvet Island|BW Botswana|BY Belarus|BZ Belize
CA Canada|CC Cocos Islands|CD Democratic Republic of the Congo,DR Congo,DRC,Congo-Kinshasa|CF Central African Republic
CG Republic of the Congo,Congo,Congo-Brazzaville|CH Switzerland|CI Côte d'Ivoire,Cote d'Ivoire,Ivory Coast|CK Cook Islands|CL Chile|CM Cameroon
CN China|CO Colombia|CR Costa Rica|CU Cuba|CV Cabo Verde,Cape Verde|CW Curaçao,Curacao|CX Christmas Island|CY Cyprus|CZ Czechia,Czech Republic
DE Germany|DJ Djibouti|DK Denmark|DM Dominica|DO Dominican Republic|DZ Algeria|EC Ecuador|EE Estonia|EG Egypt|EH Western Sahara|ER Eritrea
ES Spain|ET Ethiopia|FI Finland|FJ Fiji|FK Falkland Islands|FM Micronesia|FO Faroe Islands|FR France|GA Gabon
GB United Kingdom,UK,Great Britain,Britain|GD Grenada|GE Georgia|GF French Guiana|GG Guernsey|GH Ghana|GI Gibraltar|GL Greenland
GM Gambia,The Gambia|GN Guinea|GP Guadeloupe|GQ Equatorial Guinea|GR Greece|GS South Georgia and the South Sandwich Islands|GT Guatemala|GU Guam
GW Guinea-Bissau|GY Guyana|HK Hong Kong|HM Heard Island and McDonald Islands|HN Honduras|HR Croatia|HT Haiti|HU Hungary|ID Indonesia|IE Ireland
IL Israel|IM Isle of Man|IN India|IO British Indian Ocean Territory|IQ Iraq|IR Iran|IS Iceland|IT Italy|JE Jersey|JM Jamaica|JO Jordan|JP Japan
KE Kenya|KG Kyrgyzstan|KH Cambodia|KI Kiribati|KM Comoros|KN Saint Kitts and Nevis|KP North Korea|KR South Korea,Republic of Korea|KW Kuwait
KY Cayman Islands|KZ Kazakhstan|LA Laos|LB Lebanon|LC Saint Lucia|LI Liechtenstein|LK Sri Lanka|LR Liberia|LS Lesotho|LT Lithuania|LU Luxembourg
LV Latvia|LY Libya|MA Morocco|MC Monaco|MD Moldova|ME Montenegro|MF Saint Martin|MG Madagascar|MH Marshall Islands|MK North Macedonia,Macedonia
ML Mali|MM Myanmar,Burma|MN Mongolia|MO Macao,Macau|MP Northern Mariana Islands|MQ Martinique|MR Mauritania|MS Montserrat|MT Malta|MU Mauritius
MV Maldives|MW Malawi|MX Mexico|MY Malaysia|MZ Mozambique|NA Namibia|NC New Caledonia|NE Niger|NF Norfolk Island|NG Nigeria|NI Nicaragua
NL Netherlands,The Netherlands|NO Norway|NP Nepal|NR Nauru|NU Niue|NZ New Zealand|OM Oman|PA Panama|PE Peru|PF French Polynesia
PG Papua New Guinea|PH Philippines|PK Pakistan|PL Poland|PM Saint Pierre and Miquelon|PN Pitcairn|PR Puerto Rico|PS Palestine,State of Palestine
PT Portugal|PW Palau|PY Paraguay|QA Qatar|RE Réunion,Reunion|RO Romania|RS Serbia|RU Russia,Russian Federation|RW Rwanda|SA Saudi Arabia
SB Solomon Islands|SC Seychelles|SD Sudan|SE Sweden|SG Singapore|SH Saint Helena|SI Slovenia|SJ Svalbard and Jan Mayen|SK Slovakia
SL Sierra Leone|SM San Marino|SN Senegal|SO Somalia|SR Suriname|SS South Sudan|ST São Tomé and Príncipe,Sao Tome and Principe|SV El Salvador
SX Sint Maarten|SY Syria,Syrian Arab Republic|SZ Eswatini,Swaziland|TC Turks and Caicos Islands|TD Chad|TF French Southern Territories|TG Togo
TH Thailand|TJ Tajikistan|TK Tokelau|TL Timor-Leste,East Timor|TM Turkmenistan|TN Tunisia|TO Tonga|TR Turkey,Türkiye,Turkiye
TT Trinidad and Tobago|TV Tuvalu|TW Taiwan|TZ Tanzania|UA Ukraine|UG Uganda|UM United States Minor Outlying Islands
US United States,USA,United States of America|UY Uruguay|UZ Uzbekistan|VA Holy See,Vatican|VC Saint Vincent and the Grenadines|VE Venezuela
VG British Virgin Islands|VI United States Virgin Islands|VN Vietnam,Viet Nam|VU Vanuatu|WF Wallis and Futuna|WS Samoa|XK Kosovo|YE Yemen
YT Mayotte|ZA South Africa|ZM Zambia|ZW Zimbabwe
"""

COUNTRIES: dict[str, tuple[str, ...]] = {entry[:2]: tuple(entry[3:].split(",")) for line in _TABLE.strip().splitlines() for entry in line.split("|")}
"""ISO code: English names, the printed one first."""

_CODES: dict[str, str] = {name.casefold(): code for code, names in COUNTRIES.items() for name in names}


def country_name(code: str) -> str:
    """The English name of a country by its code; the code itself where the table has none."""
    return COUNTRIES[code][0] if code in COUNTRIES else code


def country_code(text: str) -> str | None:
    """The ISO code of a country given by code ('GE') or by an English name ('Georgia'); None if it is neither."""
    text = text.strip()
    return text if text in COUNTRIES else _CODES.get(text.casefold())
