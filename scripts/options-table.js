// Writes the option tables of the documentation: all options into docs/configuration.md, the most used ones first and the others
// by topic, and the most used ones into the READMEs. The text of an option is its doc comment in the code. With --check it only
// says which page is stale.
import { OPTION_GROUPS, OPTIONS, variableOf } from '../packages/core/dist/internal.js';
import { optionDescriptions } from './pages/option-descriptions.js';
import { putPart } from './pages/part.js';

const MOST_USED = [
  'logGroupName',
  'logStreamName',
  'service',
  'environment',
  'retentionInDays',
  'flushIntervalMs',
  'maxBufferBytes',
  'spoolDirectory',
  'deadLetterFile',
  'closeTimeoutMs',
];

const descriptions = optionDescriptions();
const PAGES = {
  'docs/configuration.md': allTables(),
  'README.md': tableOf(MOST_USED),
  'packages/pino/README.md': tableOf(MOST_USED),
  'packages/winston/README.md': tableOf(MOST_USED),
};
for (const [page, tables] of Object.entries(PAGES))
  putPart(page, 'options', 'scripts/options-table.js', tables);

function allTables() {
  const byTopic = Object.entries(OPTION_GROUPS).map(([topic, options]) => [topic, Object.keys(options)]);
  const missing = Object.keys(OPTIONS).filter((name) => !byTopic.some(([, names]) => names.includes(name)));
  if (missing.length > 0) throw new Error(`OPTION_GROUPS does not have ${missing.join(', ')}`);
  const others = byTopic.map(([topic, names]) => [topic, names.filter((name) => !MOST_USED.includes(name))]);
  return [['Most used', MOST_USED], ...others]
    .map(([topic, names]) => `\n### ${topic}\n\n${tableOf(names)}`)
    .join('');
}

function tableOf(names) {
  const rows = names.map((name) => {
    const { standardVariables = [], default: standard, isSecret } = OPTIONS[name];
    const variables = [...(isSecret ? [] : [variableOf(name)]), ...standardVariables]
      .map((variable) => `\`${variable}\``)
      .join(', ');
    return `| \`${name}\` | ${variables} | ${standard === undefined ? '' : `\`${standard}\``} | ${descriptions.get(name)} |`;
  });
  return ['| option | environment variable | default | |', '|---|---|---|---|', ...rows, ''].join('\n');
}
