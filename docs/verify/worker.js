// One verification, away from the page, so that the page stays alive and can end it. What comes before is the verifier's own script.

// Whatever could open a connection from here, or start something that could, is replaced by a count. That is what check V20 asks for;
// the page's policy refuses connections besides, and the verifier imports nothing that could ask for one.
let asked = 0;
const doors = ["fetch", "importScripts", "XMLHttpRequest", "WebSocket", "WebSocketStream", "EventSource", "WebTransport",
  "RTCPeerConnection", "Worker", "SharedWorker"];
for (const door of doors.filter(door => door in self)) {
  Object.defineProperty(self, door, {
    value: function () {
      asked += 1;
      throw new TypeError(`${door} is not for a verifier`);
    },
  });
}

self.onmessage = ({ data: { module, name, bundle, trust, at, seen } }) => {
  let told = 0;
  const host = {
    connections: () => asked,
    progress: (done, total) => {
      const now = performance.now();
      if (now - told < 100) return;
      told = now;
      self.postMessage({ done, total });
    },
  };
  try {
    wasm_bindgen.initSync({ module });
    const judged = wasm_bindgen.verify(name, bundle, trust, at, seen, host);
    self.postMessage({ verdict: judged.verdict, notes: judged.notes });
  } catch (error) {
    // A text is a failure that the verifier tells; anything else is its end.
    self.postMessage(typeof error === "string" ? { failure: error } : { fault: String(error) });
  }
};
