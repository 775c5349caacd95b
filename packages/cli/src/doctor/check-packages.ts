import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { advice, command, type Findings } from './findings.js';

const PUTLOGS = ['@putlogs/core', '@putlogs/pino', '@putlogs/winston'];
const LOGGERS = ['pino', 'winston'];

/** Looks at Node, and at the packages that a program in this directory would load. */
export function checkPackages(findings: Findings, directory: string, node = process.versions.node): void {
  if (isSupportedNode(node)) findings.add('PL-NODE', `Node ${node}`);
  else
    findings.add('PL-NODE-OLD', `Node ${node} is not supported.`, {
      fix: advice('Install Node 20.19, 22.12 or later.'),
    });
  const found = [...PUTLOGS, ...LOGGERS].flatMap((name) => {
    const version = versionOf(name, directory);
    return version === undefined ? [] : [{ name, version }];
  });
  const details = found.map(({ name, version }) => `${name} ${version}`);
  const ours = new Set(found.filter(({ name }) => PUTLOGS.includes(name)).map(({ version }) => version));
  const foreign = found.find(({ name, version }) => !isSupportedLogger(name, version));
  if (foreign !== undefined)
    findings.add('PL-PACKAGES-DIFFER', `${foreign.name} ${foreign.version} is not supported.`, {
      details,
      fix: command`npm install ${foreign.name}@latest`,
    });
  else if (ours.size > 1)
    findings.add('PL-PACKAGES-DIFFER', 'Packages of putlogs have different versions.', {
      details,
      fix: command`npm install ${details.filter(isOurs).map(latest)}`,
    });
  else
    findings.add(
      'PL-PACKAGES',
      details.length === 0 ? 'No package of putlogs is installed here' : details.join(', '),
    );
}

function isOurs(detail: string): boolean {
  return detail.startsWith('@putlogs/');
}

function latest(detail: string): string {
  return detail.replace(/ .*/, '@latest');
}

function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 20 ? minor >= 19 : major === 22 ? minor >= 12 : major > 22;
}

function isSupportedLogger(name: string, version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (name === 'winston') return major === 3;
  return name !== 'pino' || (major === 7 ? minor >= 11 : major >= 8);
}

/** The version that a program in this directory loads. */
function versionOf(name: string, directory: string): string | undefined {
  for (let folder = directory; ; folder = dirname(folder)) {
    try {
      const { version } = JSON.parse(
        readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'),
      );
      return String(version);
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}
