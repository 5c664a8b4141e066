// The answer is kept in the cookie that the page named, for the path that it named; then the page around is told.
"use strict";

const asked = new URLSearchParams(location.search);
const [path, cookie] = [asked.get("path") ?? "/", asked.get("cookie") ?? "consent"];
for (const button of document.querySelectorAll("[data-answer]")) {
  button.addEventListener("click", () => {
    document.cookie = `${cookie}=${button.dataset.answer}; path=${path}; max-age=31536000; SameSite=Lax`;
    parent.postMessage("consent", location.origin);
  });
}
