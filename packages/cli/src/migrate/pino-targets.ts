import type { OptionsSource } from './options-source.js';
import type { Rewrite } from './rewrite.js';
import { field, fields, keyOf, pathOf, type Syntax, textOfLiteral } from './source/syntax.js';

/** Rewrites `{ target: 'package', options }`, as in `pino.transport()`. @returns whether there is one */
export function migrateTargets(rewrite: Rewrite, from: string, to: string, options: OptionsSource): boolean {
  const { file, edits } = rewrite;
  let isFound = false;
  for (const literal of file.all('Literal').filter((node) => textOfLiteral(node) === from)) {
    const targets = targetsOf(rewrite, literal);
    if (targets.length === 0) continue;
    isFound = true;
    edits.replace(literal, rewrite.quote(to));
    for (const target of targets) migrateOptions(rewrite, target, literal, options);
  }
  return isFound;
}

/** The properties `target` that have the text as a value, or as one of several. */
function targetsOf(rewrite: Rewrite, literal: Syntax): readonly Syntax[] {
  const { file } = rewrite;
  let node = literal;
  let parent = file.parentOf(node);
  while (parent !== undefined && isPassedOn(parent, node)) {
    node = parent;
    parent = file.parentOf(node);
  }
  if (parent?.type === 'Property')
    return keyOf(parent) === 'target' && field(parent, 'value') === node ? [parent] : [];
  const name = parent?.type === 'VariableDeclarator' ? field(parent, 'id')?.name : undefined;
  if (typeof name !== 'string' || file.declarations(name).length > 1) return [];
  return file.references(name).flatMap((reference) => {
    const property = file.parentOf(reference);
    return property?.type === 'Property' && keyOf(property) === 'target' ? [property] : [];
  });
}

function isPassedOn(parent: Syntax, node: Syntax): boolean {
  if (parent.type === 'ConditionalExpression') return field(parent, 'test') !== node;
  if (parent.type === 'CallExpression')
    return ['require.resolve', 'import.meta.resolve'].includes(
      pathOf(field(parent, 'callee'))?.join('.') ?? '',
    );
  return ['LogicalExpression', 'TSAsExpression', 'TSSatisfiesExpression'].includes(parent.type);
}

/** The options beside a target. If there are several targets, those of ours are found by the same condition. */
function migrateOptions(rewrite: Rewrite, target: Syntax, literal: Syntax, options: OptionsSource): void {
  const owner = rewrite.file.parentOf(target);
  const beside = fields(owner, 'properties').find((property) => keyOf(property) === 'options');
  const [value, given] = [field(target, 'value'), field(beside, 'value')];
  if (given === undefined) return;
  if (value?.type !== 'ConditionalExpression') {
    options.migrate(given);
    return;
  }
  const branch = ['consequent', 'alternate'].find((name) => field(value, name) === literal);
  const tests = [value, given]
    .map((node) => field(node, 'test'))
    .map((test) => test && rewrite.file.textOf(test));
  if (branch !== undefined && tests[0] === tests[1]) options.migrate(field(given, branch));
  else rewrite.note(given, 'options are left as they are: they belong to several targets');
}
