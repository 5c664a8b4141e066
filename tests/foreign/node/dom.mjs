// Stand-ins for the parts of a browser that fetch-event-source uses.
globalThis.window = globalThis;
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
