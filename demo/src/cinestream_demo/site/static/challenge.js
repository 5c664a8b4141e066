// Imitates the script of a bot challenge: waits a second, then sets the cookie that lets the browser in, or does not.
"use strict";

const { context, path, passes } = window.gokuProps;
if (passes) {
  setTimeout(() => {
    document.cookie = `aws-waf-token=${[...context].reverse().join("")}; path=${path}; SameSite=Lax`;
    location.reload();
  }, 1000);
}
