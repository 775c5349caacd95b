// Preloaded by a process that stands for a container: the names of the others lead to this machine.
const dns = require('node:dns');

const NAMES = ['cloudwatch-logs'];

const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(NAMES.includes(name) ? '127.0.0.1' : name, ...rest);
