// A proxy of Express with compression(), as many sites put it before their API: node compressing_proxy.mjs PORT TARGET_PORT
import http from "node:http";
import compression from "compression";
import express from "express";

const [port, target] = process.argv.slice(2);
const app = express();
app.use(compression());
app.use((request, response) => {
  const upstream = http.request({ port: target, host: "127.0.0.1", path: request.originalUrl, headers: request.headers });
  upstream.on("response", (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.on("error", () => response.destroy());
    answer.pipe(response);
  });
  upstream.on("error", () => (response.headersSent ? response.destroy() : response.status(502).end()));
  response.on("close", () => upstream.destroy());
  upstream.end();
});
app.listen(port, "127.0.0.1");
