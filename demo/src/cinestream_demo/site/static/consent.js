// Stores the answer in the cookie, and for the path, that the page has named. Then notifies the page.
"use strict";

const query = new URLSearchParams(location.search);
const [path, cookie] = [query.get("path") ?? "/", query.get("cookie") ?? "consent"];
for (const button of document.querySelectorAll("[data-answer]")) {
  button.addEventListener("click", () => {
    document.cookie = `${cookie}=${button.dataset.answer}; path=${path}; max-age=31536000; SameSite=Lax`;
    parent.postMessage("consent", location.origin);
  });
}
