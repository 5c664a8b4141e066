// Stands for the script of a bot challenge: it "thinks" for a second, then lets the browser in (or never does).
"use strict";

const { context, path, passes } = window.gokuProps;
if (passes) {
  setTimeout(() => {
    document.cookie = `aws-waf-token=${[...context].reverse().join("")}; path=${path}; SameSite=Lax`;
    location.reload();
  }, 1000);
}
