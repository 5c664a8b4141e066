// Follows a stream with npm's eventsource: a line of JSON for every film. Ends by being killed.
const { EventSource } = require("eventsource");
const source = new EventSource(process.argv[2]);
source.addEventListener("movie", (event) => {
  console.log(JSON.stringify([event.lastEventId, JSON.parse(event.data).id]));
});
