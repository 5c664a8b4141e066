"use strict";

// Text of the stream enters the page by textContent only, never as markup, so it cannot inject scripts.

const MAX_CARDS = 200;
const FLUSH_MS = 60;
const STREAM = "/api/movies/stream?heartbeat=event&heartbeat_seconds=5&distinct=true";
const SILENCE_MS = 11_000; // two heartbeats, and some time for their way
const RETRY_MS = 30_000; // the server's `retry`, which the browser keeps to itself, is usually shorter
const REOPEN_MS = 5000; // after an answer that ends an EventSource for good
const TEXTS = {
  connecting: "Connecting",
  "catching-up": "Catching up",
  live: "Live",
  reconnecting: "Reconnecting",
  busy: "Server busy, retrying",
  gap: "Live, with a gap",
};

const element = (id) => document.getElementById(id);
const list = element("list");
const cards = new Map(); // film id -> card, oldest first
const pending = new Map(); // film id -> film that is not shown yet
const seen = new Set();
let events = 0;
let paused = false;
let timer = 0;
let lastId = "";
let missed = false;
let source = null;
let deadline = 0; // the time at which the stream is opened again, unless an event comes before

function showState(state) {
  const shown = state === "live" && missed ? "gap" : state;
  element("state").dataset.state = shown;
  element("state").textContent = TEXTS[shown];
}

const handlers = {
  position() { if (stateIsNot("live", "gap")) showState("catching-up"); },
  live() { showState("live"); },
  heartbeat() {}, // like all events it moves the deadline
  busy() { showState("busy"); },
  gap(event) { showGap(JSON.parse(event.data)); },
  notice(event) { showNotice(JSON.parse(event.data).message); },
  movie(event) { receive(JSON.parse(event.data), event.lastEventId); },
  removed(event) { removeFilm(JSON.parse(event.data).id); },
};

function open() {
  source?.close();
  source = new EventSource(`${STREAM}&${lastId ? `last_event_id=${encodeURIComponent(lastId)}` : "replay=50"}`);
  deadline = Date.now() + SILENCE_MS;
  for (const [name, handle] of Object.entries(handlers)) {
    source.addEventListener(name, (event) => {
      deadline = Date.now() + SILENCE_MS;
      lastId = event.lastEventId || lastId;
      handle(event);
    });
  }
  source.addEventListener("error", () => {
    if (stateIsNot("busy")) showState("reconnecting");
    deadline = Date.now() + (source.readyState === EventSource.CLOSED ? REOPEN_MS : RETRY_MS);
  });
}

function reopen() {
  showState("reconnecting");
  open();
}

function stateIsNot(...states) {
  return !states.includes(element("state").dataset.state);
}

function showGap(gap) {
  missed = true;
  const count = gap.missed === null ? "Some events" : `${gap.missed} ${gap.missed === 1 ? "event" : "events"}`;
  showNotice(`${count} after ${gap.requested} are no longer in the server's history.`);
  showState("gap");
}

function showNotice(text) {
  element("notice").textContent = text;
  element("notice").hidden = false;
}

function receive(film, eventId) {
  events += 1;
  seen.add(film.id);
  element("events").textContent = events.toLocaleString();
  element("films").textContent = seen.size.toLocaleString();
  pending.delete(film.id); // so that a newer version moves to the end
  pending.set(film.id, { film, eventId });
  if (pending.size > MAX_CARDS) pending.delete(pending.keys().next().value);
  if (!paused && !timer) timer = setTimeout(flush, FLUSH_MS);
}

function removeFilm(id) {
  pending.delete(id);
  cards.get(id)?.remove();
  cards.delete(id);
  seen.delete(id);
  element("films").textContent = seen.size.toLocaleString();
  element("empty").hidden = cards.size > 0;
}

function flush() {
  timer = 0;
  for (const { film, eventId } of pending.values()) {
    const known = cards.get(film.id);
    const card = known ?? element("card").content.firstElementChild.cloneNode(true);
    fill(card, film);
    card.dataset.film = film.id;
    card.dataset.event = eventId;
    card.classList.remove("new");
    cards.delete(film.id);
    cards.set(film.id, card);
    list.prepend(card);
    requestAnimationFrame(() => card.classList.add("new"));
  }
  pending.clear();
  while (cards.size > MAX_CARDS) {
    const [id, card] = cards.entries().next().value;
    cards.delete(id);
    card.remove();
  }
  element("empty").hidden = cards.size > 0;
}

function fill(card, film) {
  put(card, ".title", film.title);
  put(card, ".year", film.year);
  put(card, ".rating", film.rating === null ? null : `★ ${film.rating.toFixed(1)}`);
  card.querySelector(".rating").ariaLabel = `Rated ${film.rating} of 10`;
  put(card, ".director", film.director.join(", "));
  put(card, ".plot", film.plot ?? "No plot is known.");
  card.querySelector(".plot").classList.toggle("none", film.plot === null);
  const derived = film.genre_categories.filter((genre) => !film.genre.includes(genre));
  card.querySelector(".tags").replaceChildren(...film.genre.map((g) => tag(g, "")), ...derived.map((g) => tag(g, "derived")));
  const tone = film.sentiment_analysis;
  putFact(card, ".tone", tone.keyword_score > 0 ? `${tone.plot_tone} (${tone.keyword_score.toFixed(2)})` : tone.plot_tone);
  putFact(card, ".decade", film.decade_category);
  putFact(card, ".stats", film.director_stats && statsText(film.director_stats));
}

function statsText(stats) {
  const films = `${stats.total_movies} ${stats.total_movies === 1 ? "film" : "films"}`;
  return stats.average_rating === null ? films : `${films}, average ${stats.average_rating.toFixed(1)}`;
}

function tag(text, kind) {
  const item = document.createElement("li");
  item.textContent = text;
  item.className = kind;
  return item;
}

function put(card, selector, text) {
  const place = card.querySelector(selector);
  place.textContent = text ?? "";
  place.hidden = !text;
}

function putFact(card, selector, text) {
  const place = card.querySelector(selector);
  place.querySelector("dd").textContent = text ?? "";
  place.hidden = !text;
}

element("pause").addEventListener("click", () => {
  paused = !paused;
  element("pause").ariaPressed = String(paused);
  element("pause").textContent = paused ? "Resume" : "Pause";
  if (!paused) flush();
});

// A connection that died without an end says nothing, for example after the computer has slept.
setInterval(() => { if (Date.now() > deadline) reopen(); }, 1000);
addEventListener("online", reopen);
document.addEventListener("visibilitychange", () => { if (!document.hidden) reopen(); });

open();
