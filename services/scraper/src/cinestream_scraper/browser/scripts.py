"""The scripts that run in a page: its state, its lazy sections, its rows, and the page as it is now."""

from cinestream_scraper.pages.rows import MORE_BUTTON, TITLE_RESULTS

CONSENT_FRAME = 'iframe[id^="sp_message_iframe"], iframe[title*="consent" i], iframe[src*="consent" i]'
CONSENT_BUTTON = (
    '[data-testid="reject-button"], button[title*="reject" i], #onetrust-reject-all-handler, '
    '[data-testid="accept-button"], button[title*="accept" i], #onetrust-accept-btn-handler'
)
ROW = ".ipc-metadata-list-summary-item"

NO_DIALOGS = """
// A page needs no alert boxes, and its driver could wait forever for one that disappeared with its page.
window.alert = window.print = () => {};
window.confirm = () => false;
window.prompt = () => null;
"""

STATE = f"""
const navigation = performance.getEntriesByType("navigation")[0];
const data = document.getElementById("__NEXT_DATA__");
const first = (selector) => {{
  // A page that has its data waits for no invisible dialog. Any other page may wait for one that is still to appear.
  const found = [...document.querySelectorAll(selector)];
  const isVisible = (node) => {{
    const box = node.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && node.checkVisibility({{opacityProperty: true, visibilityProperty: true}});
  }};
  return found.find(isVisible) || (data ? null : found[0]);
}};
return {{
  status: navigation ? navigation.responseStatus : 0,
  ready: document.readyState,
  data: Boolean(data) && document.readyState !== "loading",
  scripts: document.scripts.length,
  challenge: typeof window.gokuProps !== "undefined" || typeof window.AwsWafIntegration !== "undefined",
  consentFrame: first({CONSENT_FRAME!r}),
  consentButton: first('[data-testid="reject-button"], #onetrust-reject-all-handler'),
}};
"""

LOAD_SECTIONS = """
// Scroll each section that loads only when seen into view, until all are there or nothing has changed for a while.
const [quiet] = arguments;
const lazy = '[data-testid$="-loader"]';
const never = /ribbon|-wl-|voting|news/;
const pending = () => [...document.querySelectorAll(lazy)].filter(
  (node) => !never.test(node.dataset.testid) && node.closest("section"));
let changed = performance.now();
const observer = new MutationObserver(() => { changed = performance.now(); });
observer.observe(document.documentElement, { childList: true, subtree: true });
const step = (turn) => {
  const left = pending();
  if (!left.length || performance.now() - changed > quiet) {
    observer.disconnect();
    window.scrollTo(0, 0);
    window.cinestreamSections = "loaded";
    return;
  }
  left[turn % left.length].scrollIntoView({ block: "center", behavior: "instant" });
  requestAnimationFrame(() => step(turn + 1));
};
window.cinestreamSections = "loading";
step(0);
return window.cinestreamSections;
"""

# Polled instead of awaited in the script: Chrome's driver waits for the end of a script whose page is gone.
SECTIONS = """
if (!window.cinestreamSections) return "replaced";
return window.cinestreamSections === "loaded" ? "loaded" : "";
"""

ROWS = f"""
const section = document.querySelector({TITLE_RESULTS!r}) || document;
const shown = section.querySelectorAll({ROW!r}).length;
let held = 0;
try {{
  const chart = JSON.parse(document.getElementById("__NEXT_DATA__").textContent).props.pageProps.pageData.chartTitles;
  held = chart.pageInfo && chart.pageInfo.hasNextPage ? 0 : chart.edges.length;
}} catch {{ /* a page without data has its rows in its HTML only */ }}
return {{ shown, held }};
"""

SHOW_MORE = f"""
const button = document.querySelector({MORE_BUTTON!r});
if (button) button.click();
return Boolean(button);
"""

TIMING = """
const navigation = performance.getEntriesByType("navigation")[0];
return navigation ? navigation.toJSON() : {};
"""

SNAPSHOT = """
// Mark the page with its visit: the next visit then knows if it still sees this page.
const [visit] = arguments;
const before = Boolean(window.cinestreamVisit) && window.cinestreamVisit !== visit;
window.cinestreamVisit = visit;
const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + "\\n" : "";
const navigation = performance.getEntriesByType("navigation")[0];
return {
  html: type + document.documentElement.outerHTML,
  url: location.href,
  status: navigation ? navigation.responseStatus : 0,
  before,
  loading: document.readyState === "loading",
};
"""
