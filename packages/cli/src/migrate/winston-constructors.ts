import type { ReplacedImport } from './replaced-import.js';
import type { Rewrite } from './rewrite.js';
import { accessTo } from './source/imports.js';
import {
  childrenOf,
  field,
  fields,
  isSyntax,
  keyOf,
  nameOf,
  pathOf,
  type Syntax,
  withoutTypes,
} from './source/syntax.js';

/** Our transport. */
export const TRANSPORT = 'CloudWatchTransport';

interface Transport {
  readonly options: Syntax | undefined;
  /** Rewrites what constructs it. */
  finish?(): void;
}

/** Where a transport of winston-cloudwatch is constructed, or extended. */
export function constructedTransports(rewrite: Rewrite, imported: ReplacedImport): readonly Transport[] {
  return [
    ...constructed(rewrite, imported),
    ...extended(rewrite, imported).map((call) => ({ options: fields(call, 'arguments')[0] })),
    ...added(rewrite, imported),
  ];
}

/** `new WinstonCloudWatch(options)` and `new winston.transports.CloudWatch(options)` */
function constructed({ file, edits }: Rewrite, imported: ReplacedImport): readonly Transport[] {
  const registered = `${accessTo(file, 'winston', 'transports')}.CloudWatch`;
  return file.all('NewExpression').flatMap((made): Transport[] => {
    const callee = withoutTypes(field(made, 'callee'));
    const [options] = fields(made, 'arguments');
    const isRegistered = pathOf(callee)?.join('.') === registered;
    if (callee === undefined || !(isRegistered || imported.isExport(callee))) return [];
    // A name is replaced with the import.
    if (callee.type !== 'MemberExpression') return [{ options }];
    return [{ options, finish: () => edits.replace(callee, TRANSPORT) }];
  });
}

/** `super(options)` */
function extended(rewrite: Rewrite, imported: ReplacedImport): readonly Syntax[] {
  return inSubclasses(rewrite, imported).filter(
    ({ type, callee }) => type === 'CallExpression' && isSyntax(callee) && callee.type === 'Super',
  );
}

function inSubclasses({ file }: Rewrite, imported: ReplacedImport): readonly Syntax[] {
  const classes = [...file.all('ClassDeclaration'), ...file.all('ClassExpression')];
  return classes
    .filter((made) => imported.isExport(field(made, 'superClass')))
    .flatMap((made) => [...ownNodes(made)]);
}

/** Of winston-cloudwatch's transport alone. */
const MEMBERS = [
  'add',
  'cloudwatchlogs',
  'errorHandler',
  'formatMessage',
  'intervalId',
  'logEvents',
  'logGroupName',
  'logStreamName',
  'submit',
  'uploadRate',
];

/** What a subclass overrides or uses of the other transport. */
export function noteOverrides(rewrite: Rewrite, imported: ReplacedImport): void {
  for (const node of inSubclasses(rewrite, imported)) {
    const isOfThis = ['ThisExpression', 'Super'].includes(field(node, 'object')?.type ?? '');
    const isDefined = ['MethodDefinition', 'PropertyDefinition'].includes(node.type);
    const name = isOfThis ? nameOf(field(node, 'property')) : isDefined ? keyOf(node) : undefined;
    if (name !== undefined && MEMBERS.includes(name))
      rewrite.note(node, `${name} has no effect: ${TRANSPORT} has no such member`);
  }
}

/** Those of a class, without those of classes in it. */
function* ownNodes(node: Syntax): Generator<Syntax> {
  yield node;
  for (const child of childrenOf(node))
    if (child.type !== 'ClassDeclaration' && child.type !== 'ClassExpression') yield* ownNodes(child);
}

/** `winston.add(WinstonCloudWatch, options)`, of Winston 2 */
function added(rewrite: Rewrite, imported: ReplacedImport): readonly Transport[] {
  const { file, edits } = rewrite;
  return file.all('CallExpression').flatMap((call): Transport[] => {
    const [transport, options] = fields(call, 'arguments');
    const isAdded =
      nameOf(field(field(call, 'callee'), 'property')) === 'add' && imported.isExport(transport);
    if (!isAdded || transport === undefined || options === undefined) return [];
    const finish = () => {
      rewrite.note(
        call,
        'add(class, options) is of Winston 2, and add(transport) of Winston 3, which is needed',
      );
      edits.insert(transport.start, 'new ');
      edits.replace({ start: transport.end, end: options.start }, '(');
      edits.insert(options.end, ')');
    };
    return [{ options, finish }];
  });
}

export function noteWinston2(rewrite: Rewrite): void {
  const { file } = rewrite;
  const logger = accessTo(file, 'winston', 'Logger');
  for (const made of file.all('NewExpression'))
    if (logger !== undefined && pathOf(field(made, 'callee'))?.join('.') === logger)
      rewrite.note(made, 'new Logger() is of Winston 2: winston.createLogger() of Winston 3 is needed');
}
