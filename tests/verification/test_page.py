"""Pages in a browser: no violation that axe finds, wide and narrow, light and dark, in both languages; how long the demo takes to open.

Needs Chromium and axe-core (`npm install axe-core` in the root of the source, or its axe.min.js named by AXE_JS); skipped, saying so, without them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from borderflow.publish.report import render_report
from fake_run import make_run

pytestmark = pytest.mark.verification
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = Path(os.environ.get("AXE_JS") or Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js")
CALL = """<script>axe.run(document, {resultTypes: ["violations"]}).then(r => {
  const found = r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target).join(" "));
  document.documentElement.innerHTML = "<pre>AXE " + JSON.stringify(found).replace(/</g, "&lt;") + "</pre>";
})</script>"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
@pytest.mark.skipif(not AXE.is_file(), reason="no axe-core here: npm install axe-core, or set AXE_JS")
@pytest.mark.parametrize(("language", "width", "dark"), [("en", 1440, False), ("en", 500, True), ("ru", 1440, True), ("ru", 500, False)])
@pytest.mark.parametrize("good", [True, False])
def test_axe_finds_nothing(tmp_path: Path, language: str, width: int, dark: bool, good: bool) -> None:
    html = render_report(make_run(tmp_path / "run", good=good, hostile=True), language)
    # the page forbids scripts: the checker is let in for this test only
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    page = tmp_path / "page.html"
    page.write_text(html.replace("</body>", f"<script>{AXE.read_text('utf-8')}</script>{CALL}</body>"), "utf-8")
    assert BROWSER is not None
    words = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-first-run",
        "--virtual-time-budget=60000",
    ]
    words += [f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},900", "--dump-dom", page.as_uri()]
    words += ["--blink-settings=preferredColorScheme=0"] if dark else []
    shown = subprocess.run(words, capture_output=True, text=True, timeout=300, check=True).stdout
    found = re.search(r"AXE (\[.*?\])</pre>", shown)
    assert found is not None
    assert found.group(1) == "[]"


TIMER = """<script>addEventListener("load", () => {
  document.title = "TIMES " + performance.now() + " " + document.querySelectorAll("*").length;
})</script>"""
DEMO = Path(os.environ.get("PAGE") or Path(__file__).parents[2] / "out" / "demo" / "report.html")


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here")
@pytest.mark.skipif(not DEMO.is_file(), reason="no page here: make demo, or set PAGE to a report.html")
@pytest.mark.parametrize("width", [1440, 500])
def test_the_shipped_page_opens_within_a_second(tmp_path: Path, width: int) -> None:
    """The median of five new browsers, navigation start to the load event; prints it, elements and bytes."""
    assert BROWSER is not None
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", DEMO.read_text("utf-8"))
    page = tmp_path / "page.html"
    page.write_text(html.replace("</body>", f"{TIMER}</body>"), "utf-8")
    times, elements = [], ""
    for k in range(5):
        words = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        words += [f"--user-data-dir={tmp_path / str(k)}", f"--window-size={width},900", "--dump-dom", page.as_uri()]
        shown = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True).stdout
        found = re.search(r"<title>TIMES ([\d.]+) (\d+)</title>", shown)
        assert found is not None
        times.append(float(found[1]))
        elements = found[2]
    load, size = sorted(times)[2], DEMO.stat().st_size
    print(f"\nwidth {width}: {load:.0f} ms to the load event ({min(times):.0f}-{max(times):.0f}), {elements} elements, {size / 1e6:.2f} MB")
    assert load <= 1000
    assert size <= 3_000_000
