// Contrast of every text of a page against what is really behind it. Writes the result into the document: a line per kind of text, and the worst.
// HTML: computed colour against the nearest ground; pictures: painted without their text, and read where the strokes of each text lie.
(async () => {
  const scale = 2;
  const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => p - q); return (y + 0.05) / (x + 0.05); };
  const rgba = text => { const n = text.match(/[\d.]+/g).map(Number); return [n[0], n[1], n[2], n[3] ?? 1]; };
  const ground = element => {
    for (let e = element; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; }
    return [255, 255, 255, 1];
  };
  const kindOf = e => e.tagName.toLowerCase() + [...e.classList].map(c => "." + c).join("");
  const kinds = {}, worst = [];
  const note = (kind, value, text) => {
    const k = kinds[kind] ??= { n: 0, min: 99 };
    k.n += 1; k.min = Math.min(k.min, value);
    if (value < 4.5) worst.push(`${kind} ${value.toFixed(2)} ${text.trim().slice(0, 60)}`);
  };
  document.head.insertAdjacentHTML("beforeend", "<style>*{content-visibility:visible!important}</style>");
  document.querySelectorAll("details").forEach(d => { d.open = true; });

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() && e.closest("svg, script, style") === null) {
      note("html " + kindOf(e), ratio(rgba(getComputedStyle(e).color), ground(e)), texts.currentNode.data);
    }
  }

  const css = [...document.styleSheets].flatMap(s => [...s.cssRules]).filter(r => r instanceof CSSStyleRule && r.selectorText !== ":root").map(r => r.cssText).join("");
  const names = [...new Set(css.match(/var\(--[\w-]+\)/g))].map(v => v.slice(4, -1));
  const root = getComputedStyle(document.documentElement);
  const variables = names.map(n => `${n}:${root.getPropertyValue(n)}`).join(";");
  const paint = async (svg, rule, behind) => {
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const copy = svg.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width * scale); copy.setAttribute("height", height * scale);
    copy.setAttribute("style", `${variables};font-family:${getComputedStyle(svg).fontFamily};width:auto;height:auto`);
    copy.insertAdjacentHTML("afterbegin", `<style>${css.replace(/&/g, "&amp;").replace(/</g, "&lt;")}${rule}</style>`);
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * scale; canvas.height = height * scale;
    const c = canvas.getContext("2d", { willReadFrequently: true });
    if (behind) { c.fillStyle = `rgb(${behind.slice(0, 3)})`; c.fillRect(0, 0, canvas.width, canvas.height); }
    c.drawImage(image, 0, 0, canvas.width, canvas.height);
    return { at: c.getImageData(0, 0, canvas.width, canvas.height).data, width: canvas.width, height: canvas.height };
  };
  let unseen = 0;
  for (const svg of document.querySelectorAll("svg")) {
    const found = [...svg.querySelectorAll("text")];
    if (!found.length) continue;
    if (!svg.getBoundingClientRect().width) { unseen += found.length; continue; }
    const without = await paint(svg, "text,tspan{fill:transparent!important}", ground(svg));
    const strokes = await paint(svg, "svg *{visibility:hidden}text,tspan{visibility:visible!important;fill:#000!important;stroke:none!important}");
    for (const text of found) {
      const box = text.getBBox(), values = [], colour = rgba(getComputedStyle(text).fill);
      for (let y = Math.max(0, Math.floor(box.y * scale)); y < Math.min(strokes.height, (box.y + box.height) * scale); y++) {
        for (let x = Math.max(0, Math.floor(box.x * scale)); x < Math.min(strokes.width, (box.x + box.width) * scale); x++) {
          const i = 4 * (y * strokes.width + x);
          if (strokes.at[i + 3] > 127) values.push(ratio(colour, without.at.slice(i, i + 3)));
        }
      }
      values.sort((a, b) => a - b);
      // a line may run through a letter: of the strokes, one part in twenty may lie on it
      note("svg " + kindOf(text), values.length ? values[Math.floor(values.length / 20)] : 0, text.textContent);
    }
  }
  const lines = Object.entries(kinds).sort().map(([k, v]) => `${k}: ${v.n} texts, least ${v.min.toFixed(2)}`);
  document.documentElement.innerHTML = "<pre></pre>";
  document.querySelector("pre").textContent = "CONTRAST " + JSON.stringify({ unseen, lines, worst });
})();
