import { field, type Syntax } from './syntax.js';

type ParentOf = (node: Syntax) => Syntax | undefined;

/** What `valueOf` may return as a whole. */
export const DECLARATIONS: readonly string[] = ['FunctionDeclaration', 'ClassDeclaration'];

const FUNCTIONS: readonly string[] = [
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'TSDeclareFunction',
  'TSEmptyBodyFunctionExpression',
];

const IMPORTS: readonly string[] = ['ImportSpecifier', 'ImportDefaultSpecifier', 'ImportNamespaceSpecifier'];

const NAMED_BY_ID: readonly string[] = [
  'VariableDeclarator',
  'ClassExpression',
  'TSImportEqualsDeclaration',
  'TSEnumDeclaration',
  'TSModuleDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  ...DECLARATIONS,
  ...FUNCTIONS,
];

/** Whether an identifier declares its name: as a variable, parameter, function, class, type or import. */
export function isDeclared(identifier: Syntax, parentOf: ParentOf): boolean {
  let node = identifier;
  let parent = parentOf(node);
  while (parent !== undefined && isPartOfPattern(node, parent)) {
    node = parent;
    parent = parentOf(node);
  }
  if (parent === undefined) return false;
  if (IMPORTS.includes(parent.type)) return field(parent, 'local') === node;
  if (parent.type === 'CatchClause') return field(parent, 'param') === node;
  if (parent.type === 'TSParameterProperty') return true;
  if (NAMED_BY_ID.includes(parent.type) && field(parent, 'id') === node) return true;
  return FUNCTIONS.includes(parent.type) && Array.isArray(parent.params) && parent.params.includes(node);
}

const BLOCKS: readonly string[] = [
  'BlockStatement',
  'StaticBlock',
  'SwitchStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'CatchClause',
  'TSModuleBlock',
];

/** The part of a file in which what an identifier declares has its name; undefined if it is the whole. */
export function scopeOf(declaration: Syntax, parentOf: ParentOf): Syntax | undefined {
  const named = parentOf(declaration);
  const isOutside = named !== undefined && ['FunctionDeclaration', 'TSDeclareFunction'].includes(named.type);
  let node = isOutside && field(named, 'id') === declaration ? parentOf(named) : named;
  let isVar = false;
  while (node !== undefined && !FUNCTIONS.includes(node.type) && (isVar || !BLOCKS.includes(node.type))) {
    isVar ||= node.type === 'VariableDeclaration' && node.kind === 'var';
    node = parentOf(node);
  }
  return node;
}

function isPartOfPattern(node: Syntax, parent: Syntax): boolean {
  if (parent.type === 'Property') return field(parent, 'value') === node;
  if (parent.type === 'AssignmentPattern') return field(parent, 'left') === node;
  return ['ObjectPattern', 'ArrayPattern', 'RestElement'].includes(parent.type);
}

const PROPERTY_NAMES: Readonly<Record<string, string>> = {
  MemberExpression: 'property',
  Property: 'key',
  MethodDefinition: 'key',
  PropertyDefinition: 'key',
  AccessorProperty: 'key',
  TSPropertySignature: 'key',
  TSMethodSignature: 'key',
  TSAbstractMethodDefinition: 'key',
  TSAbstractPropertyDefinition: 'key',
  TSEnumMember: 'id',
  TSQualifiedName: 'right',
  ImportSpecifier: 'imported',
  LabeledStatement: 'label',
  BreakStatement: 'label',
  ContinueStatement: 'label',
};

/** Whether an identifier that declares nothing refers to a declaration, instead of naming a property or a label. */
export function isReference(identifier: Syntax, parent: Syntax | undefined): boolean {
  if (parent === undefined) return false;
  if (parent.type === 'ExportSpecifier') return field(parent, 'local') === identifier;
  const name = PROPERTY_NAMES[parent.type];
  if (name === undefined || field(parent, name) !== identifier) return true;
  return parent.computed === true || field(parent, 'value') === identifier;
}
