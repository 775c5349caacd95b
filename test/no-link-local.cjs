// Preloaded by every test and every process that a test starts: none may reach a metadata service of the machine that
// it runs on, or wait for one that is not there.
const { writeSync } = require('node:fs');
const { Socket } = require('node:net');

const LINK_LOCAL = /^(?:169\.254\.|fe80:|fd00:ec2:)/i;

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  // From within Node all arguments come in one array.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  const host = String(typeof first === 'object' ? first?.host : second);
  if (!LINK_LOCAL.test(host)) return connect.apply(this, args);
  writeSync(2, `no-link-local: ${host} was to be reached\n`);
  throw new Error(`a test must not reach ${host}`);
};
