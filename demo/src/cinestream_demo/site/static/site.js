// Behaviour of the pages: sections that load on scrolling, lists that grow on a click, the consent dialog.
"use strict";

const observer = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((entry) => entry.isIntersecting)) {
    observer.unobserve(entry.target);
    loadSection(entry.target);
  }
}, { rootMargin: "0px 0px 100px 0px" });

async function loadSection(section) {
  const response = await fetch(section.dataset.sectionUrl);
  section.innerHTML = response.ok ? await response.text() : "";
  section.dataset.loaded = response.status;
}

for (const section of document.querySelectorAll("[data-section-url]")) observer.observe(section);

// The page shows the first 25 rows of a chart. All others are only in the page's data.
document.querySelector("[data-testid=chart-see-more]")?.addEventListener("click", ({ currentTarget: button }) => {
  const { edges } = JSON.parse(document.getElementById("__NEXT_DATA__").textContent).props.pageProps.pageData.chartTitles;
  const list = document.querySelector("ul.rows");
  const shown = list.children.length;
  for (const edge of edges.slice(shown, shown + Number(button.dataset.step))) {
    list.append(chartRow(list.lastElementChild, edge, button.dataset.decimal));
  }
  const left = edges.length - list.children.length;
  if (left > 0) button.textContent = button.dataset.words.replace("{count}", Math.min(left, Number(button.dataset.step)));
  else button.parentElement.remove();
});

function chartRow(pattern, { currentRank, node }, decimal) {
  const row = pattern.cloneNode(true);
  const [year, ...facts] = [node.releaseYear.year, runtime(node), node.certificate?.rating].filter(Boolean);
  row.querySelector("[data-testid=title-list-item-ranking]").textContent = `#${currentRank}`;
  row.querySelector("a").href = `/title/${node.id}/`;
  row.querySelector("h3").textContent = node.titleText.text;
  row.querySelector("img").src = `/images/${node.id}.svg`;
  row.querySelector("img").alt = node.titleText.text;
  row.querySelector("a + div").replaceChildren(...[year, ...facts].map((text) => {
    const span = document.createElement("span");
    span.textContent = text;
    return span;
  }));
  const rating = node.ratingsSummary.aggregateRating.toFixed(1).replace(".", decimal);
  row.querySelector("[data-testid='ratingGroup--imdb-rating']").textContent = `★ ${rating}`;
  return row;
}

function runtime(node) {
  const minutes = (node.runtime?.seconds ?? 0) / 60;
  return minutes ? `${Math.floor(minutes / 60)}h ${minutes % 60}m` : "";
}

// Further results of a search are requested. The header x-next of the response is the address of the next ones.
document.querySelector("[data-testid=find-see-more]")?.addEventListener("click", async ({ currentTarget: button }) => {
  const response = await fetch(button.dataset.moreUrl);
  document.querySelector("ul.rows").insertAdjacentHTML("beforeend", await response.text());
  const next = response.headers.get("x-next");
  if (next) button.dataset.moreUrl = next;
  else button.parentElement.remove();
});

// A list has pages.
document.querySelector("[data-testid=index-pagination-nxt]")?.addEventListener("click", ({ currentTarget: button }) => {
  location.search = `?page=${button.dataset.page}`;
});

// The dialog is a document in an iframe, as consent services make it. It posts a message after the answer.
const { consentPath, consentCookie } = document.documentElement.dataset;
if (consentPath && !document.cookie.split("; ").some((cookie) => cookie.startsWith(`${consentCookie}=`))) {
  const cover = document.createElement("div");
  cover.className = "consent-cover";
  cover.innerHTML = '<iframe id="sp_message_iframe_demo" title="Consent" data-testid="consent-iframe"></iframe>';
  cover.firstElementChild.src = `/consent/?${new URLSearchParams({ path: consentPath, cookie: consentCookie })}`;
  document.body.append(cover);
  addEventListener("message", ({ origin, data }) => {
    if (origin !== location.origin || data !== "consent") return;
    cover.remove();
    if (document.querySelector("[data-testid=consent-wall]")) location.reload();
  });
}
