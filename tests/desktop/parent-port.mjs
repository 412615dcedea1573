// Loaded before a program that believes it was started by Electron's utilityProcess.
process.parentPort = {
  on: (_event, listener) => process.on('message', listener),
  postMessage: (message) => process.send?.(message),
};
