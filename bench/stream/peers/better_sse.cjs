// Node with better-sse: a channel broadcasts to its sessions.
const express = require("express");
const { createSession, createChannel } = require("better-sse");
const app = express();
const channel = createChannel();
app.post("/pub", express.text({ type: "*/*" }), (req, res) => {
  channel.broadcast(JSON.parse(req.body), "movie");
  res.end();
});
app.get("/sub", async (req, res) => {
  channel.register(await createSession(req, res));
});
app.listen(Number(process.argv[2]), "127.0.0.1", 4096);
