// Node with Express and res.write: every client gets the same string.
const express = require("express");
const app = express();
const clients = new Set();
let number = 0;
app.post("/pub", express.text({ type: "*/*" }), (req, res) => {
  const frame = `id: ${++number}\nevent: movie\ndata: ${JSON.stringify(JSON.parse(req.body))}\n\n`;
  for (const client of clients) client.write(frame);
  res.end();
});
app.get("/sub", (req, res) => {
  res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  res.write(":\n\n");
  clients.add(res);
  req.on("close", () => clients.delete(res));
});
app.listen(Number(process.argv[2]), "127.0.0.1", 4096);
