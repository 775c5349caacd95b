// Writes what the packages promise to users into api/, a report for each entry point, from the built declarations. With
// --check it only says whether the reports are up to date: so no public type changes without a visible diff.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { entryPoints } from './packages/entry-points.js';
import { textIn } from './packages/text-in.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDER = join(ROOT, 'api');

/** API Extractor brings a TypeScript of its own, which reads the declarations as a user's does. */
const COMPILER_OPTIONS = {
  target: 'es2023',
  module: 'nodenext',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
};

const SILENT = { default: { logLevel: 'none' } };

const temporary = mkdtempSync(join(tmpdir(), 'putlogs-api-'));
try {
  const entries = entryPoints().map(entryOf);
  const compilerState = CompilerState.create(configOf(entries[0]), {
    additionalEntryPoints: entries.map(({ declarations }) => declarations),
  });
  const reports = entries.map((entry) => ({ file: entry.file, text: reportOf(entry, compilerState) }));
  const stale = reports.filter(({ file, text }) => textIn(join(FOLDER, file)) !== text);
  if (process.argv.includes('--check')) complain(stale);
  else write(stale);
} finally {
  rmSync(temporary, { recursive: true });
}

function entryOf({ folder: name, path, types }) {
  const folder = join(ROOT, 'packages', name);
  const file = `${[name, ...path.split('/').slice(1)].join('-')}.api.md`;
  return { folder, declarations: join(folder, types), file };
}

function reportOf(entry, compilerState) {
  const { succeeded } = Extractor.invoke(configOf(entry), {
    localBuild: true,
    compilerState,
    // But for errors of the compiler, it has nothing to tell.
    messageCallback: (message) => {
      message.handled = message.logLevel !== 'error';
    },
  });
  if (!succeeded) throw new Error(`API Extractor could not read ${entry.declarations}`);
  // A docstring more or less changes no type.
  const text = readFileSync(join(temporary, 'new', entry.file), 'utf8');
  return text.replaceAll(/^ *\/\/ \(undocumented\)\n| \(undocumented\)$/gm, '');
}

function configOf({ folder, declarations, file }) {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: declarations,
      // What the transports export of the core is theirs as well.
      bundledPackages: ['@putlogs/core'],
      newlineKind: 'lf',
      compiler: { overrideTsconfig: { compilerOptions: COMPILER_OPTIONS, files: [declarations] } },
      apiReport: {
        enabled: true,
        // The types of the options come from a table that no entry point exports.
        includeForgottenExports: true,
        reportFolder: temporary,
        reportTempFolder: join(temporary, 'new'),
        reportFileName: file,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: { extractorMessageReporting: SILENT, tsdocMessageReporting: SILENT },
    },
    packageJsonFullPath: join(folder, 'package.json'),
  });
}

function write(reports) {
  mkdirSync(FOLDER, { recursive: true });
  for (const { file, text } of reports) writeFileSync(join(FOLDER, file), text);
}

function complain(reports) {
  if (reports.length === 0) return;
  const files = reports.map(({ file }) => `api/${file}`).join(', ');
  process.stderr.write(
    `The public types differ from ${files}. If that is meant, run pnpm api and commit the change.\n`,
  );
  process.exitCode = 1;
}
