import type { SourceFile } from './source-file.js';
import { field, fields, keyOf, nameOf, type Syntax, textOfLiteral, withoutTypes } from './syntax.js';

/** A place where a file loads a package. */
export type Import =
  /** `import X, { type Y } from 'package'`, `import * as X from 'package'`, `import 'package'` */
  | {
      readonly kind: 'import';
      readonly node: Syntax;
      readonly local: string | undefined;
      readonly named: readonly Named[];
    }
  /** `import X = require('package')` */
  | { readonly kind: 'equals'; readonly node: Syntax; readonly local: string }
  /** `const X = require('package')`, also with `.default` */
  | { readonly kind: 'variable'; readonly node: Syntax; readonly loaded: Syntax; readonly local: string }
  /** `require('package');` */
  | { readonly kind: 'statement'; readonly node: Syntax }
  /** `require('package')` in another expression. @param alias the variable that it is assigned to */
  | { readonly kind: 'expression'; readonly node: Syntax; readonly alias: string | undefined }
  /** `await import('package')`. @param alias the variable that gets its default export */
  | { readonly kind: 'dynamic'; readonly node: Syntax; readonly alias: string | undefined };

export interface Named {
  readonly imported: string;
  readonly local: string;
  readonly specifier: Syntax;
}

export function importsOf(file: SourceFile, name: string): readonly Import[] {
  const isPackage = (node: Syntax | undefined) => textOfLiteral(node) === name;
  return [
    ...file
      .all('ImportDeclaration')
      .filter((node) => isPackage(field(node, 'source')))
      .map(declared),
    ...file
      .all('TSImportEqualsDeclaration')
      .filter((node) => isPackage(field(field(node, 'moduleReference'), 'expression')))
      .map((node): Import => ({ kind: 'equals', node, local: nameOf(field(node, 'id')) ?? '' })),
    ...file
      .all('CallExpression')
      .filter(
        (node) => nameOf(field(node, 'callee')) === 'require' && isPackage(fields(node, 'arguments')[0]),
      )
      .map((node) => required(file, node)),
    ...file
      .all('ImportExpression')
      .filter((node) => isPackage(field(node, 'source')))
      .map((node): Import => ({ kind: 'dynamic', node, alias: defaultOf(file, node) })),
  ];
}

function declared(node: Syntax): Import {
  const specifiers = fields(node, 'specifiers').map((specifier) => {
    const isWhole = specifier.type !== 'ImportSpecifier';
    const imported = isWhole ? 'default' : (nameOf(field(specifier, 'imported')) ?? '');
    return { imported, local: nameOf(field(specifier, 'local')) ?? '', specifier };
  });
  const whole = specifiers.find(({ imported }) => imported === 'default');
  return { kind: 'import', node, local: whole?.local, named: specifiers.filter((named) => named !== whole) };
}

function required(file: SourceFile, node: Syntax): Import {
  const member = file.parentOf(node);
  const isDefault = member?.type === 'MemberExpression' && nameOf(field(member, 'property')) === 'default';
  const loaded = isDefault ? member : node;
  const parent = file.parentOf(loaded);
  if (parent?.type === 'ExpressionStatement') return { kind: 'statement', node: loaded };
  const declarator = file
    .all('VariableDeclarator')
    .find((other) => withoutTypes(field(other, 'init')) === loaded);
  const local = nameOf(field(declarator, 'id'));
  if (declarator === undefined || local === undefined) {
    const alias = parent?.type === 'AssignmentExpression' ? nameOf(field(parent, 'left')) : undefined;
    return { kind: 'expression', node: loaded, alias };
  }
  return { kind: 'variable', node: declarator, loaded, local };
}

/** `const { default: X } = await import('package')` and `const X = (await import('package')).default` */
function defaultOf(file: SourceFile, node: Syntax): string | undefined {
  const awaited = file.parentOf(node);
  const user = awaited && file.parentOf(awaited);
  if (user?.type === 'MemberExpression') return nameOf(field(file.parentOf(user), 'id'));
  const property = fields(field(user, 'id'), 'properties').find((each) => keyOf(each) === 'default');
  return nameOf(field(property, 'value'));
}

/** How a file gets at an export of a package that it loads already: `winston.format`, or `format`. */
export function accessTo(file: SourceFile, packageName: string, name: string): string | undefined {
  for (const found of importsOf(file, packageName)) {
    if (found.node.importKind === 'type') continue;
    if (found.kind === 'import') {
      const named = found.named.find(({ imported }) => imported === name)?.local;
      if (named !== undefined) return named;
      if (found.local !== undefined) return `${found.local}.${name}`;
    }
    if (found.kind === 'variable' || found.kind === 'equals') return `${found.local}.${name}`;
    if (found.kind === 'expression') {
      const destructured = destructuredName(file, found.node, name);
      if (destructured !== undefined) return destructured;
    }
  }
  return undefined;
}

function destructuredName(file: SourceFile, loaded: Syntax, name: string): string | undefined {
  const declarator = file
    .all('VariableDeclarator')
    .find((node) => withoutTypes(field(node, 'init')) === loaded);
  const property = fields(field(declarator, 'id'), 'properties').find(
    (node) => nameOf(field(node, 'key')) === name,
  );
  return nameOf(field(property, 'value'));
}
