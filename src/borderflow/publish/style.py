"""The style sheet of the page: light and dark, narrow and wide, screen and A4. Colours are told apart by people with colour-blindness."""

CSS = """
:root{--bg:#fff;--fg:#1b1f24;--quiet:#59636e;--rule:#d5dae0;--soft:#f4f6f8;--link:#0b5cad;--ahead:#0072b2;--ahead-half:#7db8dc;--ahead-wide:#cfe4f2;
--past:#4b5561;--past-half:#b4bbc3;--past-wide:#e2e6ea;--used:#b34700;--checked:#b34700;--unused:#7a8490;--warn-bg:#fff1e0;--warn:#b34700}
@media (prefers-color-scheme:dark){:root{--bg:#14181d;--fg:#e4e8ec;--quiet:#9aa5b1;--rule:#363e47;--soft:#1d232a;--link:#7db8f0;--ahead:#6cbdf0;
--ahead-half:#2f6c94;--ahead-wide:#1e4059;--past:#b4bbc3;--past-half:#535d68;--past-wide:#333b44;--used:#f2a33c;--checked:#f2a33c;--unused:#8792a0;
--warn-bg:#3a2710;--warn:#f2a33c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;color-scheme:light dark}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;
overflow-wrap:break-word}
header,main{max-width:1180px;margin:0 auto;padding:0 16px}
header{padding-top:24px}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.25rem;line-height:1.3;margin:0 0 .5rem}
h3{font-size:1.05rem;margin:1.4rem 0 .4rem}
section{padding:28px 0 4px;border-top:1px solid var(--rule);margin-top:24px}
p{margin:.4rem 0 .8rem}
ul{margin:.3rem 0 .8rem;padding-left:1.2rem}
li{margin:.2rem 0}
a{color:var(--link)}
.asof-text{color:var(--quiet);margin-bottom:1rem}
.note,.card p,section>p,section ul{max-width:75ch}
.note,.quiet,.unit,.range,.why,.legend{color:var(--quiet)}
.note,.legend{font-size:.92rem}
.unit,.range,.why{font-size:.85rem}
.window,.range{white-space:nowrap}
.why{display:block;font-weight:400}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.banner{border:2px solid var(--warn);border-left-width:8px;background:var(--warn-bg);padding:12px 16px;margin:8px 0 16px}
.banner p,.banner ul{margin:.2rem 0}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;margin:.5rem 0;font-size:.92rem}
nav li{margin:0}
.scroll{overflow-x:auto;margin:.4rem 0 1rem}
table{border-collapse:collapse;width:100%;font-size:.95rem;position:relative}
th,td{padding:6px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
th:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--quiet);font-size:.85rem;font-weight:600;vertical-align:bottom}
tbody th{font-weight:400}
.num{text-align:right;font-variant-numeric:tabular-nums}
td.num{white-space:nowrap}
tr.group th{font-weight:700;padding-top:14px;border-bottom-color:var(--quiet)}
.planning td{width:21%}
.range{display:block}
.small{width:auto;min-width:min(420px,100%)}
.small .val{font-variant-numeric:tabular-nums;word-break:break-word}
.plainhead thead{display:none}
.claims{font-size:.88rem}
.claims{table-layout:fixed}
.claims thead th:nth-child(1){width:27%}
.claims thead th:nth-child(2),.claims thead th:nth-child(3){width:15%}
.claims thead th:nth-child(4){width:13%}
.claims td.num{white-space:normal}
q{font-style:italic}
.outside{color:var(--warn);font-weight:700}
.in50,.in90{color:var(--fg)}
details summary{cursor:pointer;color:var(--link);margin:.3rem 0}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(340px,100%),1fr));gap:12px 20px}
figure{margin:0;min-width:0}
figcaption{font-weight:600;font-size:.95rem}
figcaption .unit{font-weight:400}
.fan{display:block;width:100%;height:auto;max-width:560px}
.tick{font-size:10.5px;fill:var(--quiet)}
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
.mark.unused{stroke:var(--unused);stroke-width:1.3}
.legend{display:flex;flex-wrap:wrap;gap:2px 18px}
.key{width:16px;height:16px;vertical-align:-3px;margin-right:4px}
@media (max-width:640px){
body{font-size:15px}
h1{font-size:1.4rem}
.planning th,.planning td{padding:6px 5px}
.planning td{width:24%}
.planning thead th,.planning .range,.planning .unit{font-size:.78rem}
.planning .unit{display:block}
.stack,.stack tbody,.stack tr,.stack th,.stack td{display:block;width:100%}
.stack thead{display:none}
.stack tr{border-bottom:1px solid var(--rule);padding:8px 0}
.stack tr.group{border-bottom-color:var(--quiet)}
.stack tr.group th{padding-top:6px}
.stack th,.stack td{border:0;padding:1px 0}
.stack td:empty{display:none}
.stack td[data-label]{display:flex;justify-content:space-between;gap:16px;text-align:right;white-space:normal}
.stack td[data-label]::before{content:attr(data-label);color:var(--quiet);text-align:left;flex:0 0 auto;font-size:.85rem}
.stack td.source{display:block;text-align:left}
.stack td.source::before{content:none}
}
@page{size:A4;margin:14mm}
@media print{
:root{--bg:#fff;--fg:#000;--quiet:#444;--rule:#bbb;--soft:#fff;--link:#000;--ahead:#0072b2;--ahead-half:#7db8dc;--ahead-wide:#cfe4f2;--past:#4b5561;
--past-half:#b4bbc3;--past-wide:#e2e6ea;--used:#b34700;--checked:#b34700;--unused:#7a8490;--warn-bg:#fff;--warn:#b34700}
html{color-scheme:light}
body{font-size:10pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
header,main{max-width:none;padding:0}
nav{display:none}
section{break-inside:auto;margin-top:10px;padding-top:12px}
h2,h3,thead,tr.group{break-after:avoid}
figure,tr,.banner{break-inside:avoid}
.charts{grid-template-columns:1fr 1fr}
.scroll{overflow:visible}
}
"""
