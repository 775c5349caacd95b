import {
  attributesFrom,
  type EntityOption,
  type EntitySource,
  entitySources,
  isAttribute,
  isKeyValue,
  merge,
  otelAttributes,
  type ResourceAttribute,
  resolveEntity,
  validateEntity,
} from '@putlogs/core/internal';
import test from 'ava';

const long = (length: number) => 'x'.repeat(length);
const attributes = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, 'v']));

for (const [what, value, fits] of [
  ['one character', 'a', true],
  ['512 characters', long(512), true],
  ['512 characters and spaces around them', ` ${long(512)} `, true],
  ['513 characters', long(513), false],
  ['nothing', '', false],
  ['spaces alone', '   ', false],
  ['quotes and backslashes', 'a "b" \'c\' \\', true],
  ['the first and the last printable', ' ~', true],
  ['letters beyond ASCII', 'café', false],
  ['an emoji', '🙃', false],
  ['a tab', 'a\tb', false],
  ['a newline at the end', 'a\n', false],
  ['a NUL', 'a\u0000b', false],
  ['an escape', 'a\u001bb', false],
  ['a delete', 'a\u007fb', false],
  ['a number', 7, false],
  ['undefined', undefined, false],
] as const) {
  test(`a key attribute of ${what} ${fits ? 'is valid' : 'is invalid'}`, (t) =>
    t.is(isKeyValue(value), fits));
}

for (const [what, key, value, fits] of [
  ['a key of 256 characters', long(256), 'v', true],
  ['a key of 257 characters', long(257), 'v', false],
  ['a value of 512 characters', 'k', long(512), true],
  ['a value of 513 characters', 'k', long(513), false],
  ['an empty key', '', 'v', false],
  ['a blank key', ' ', 'v', false],
  ['an empty value', 'k', '', false],
  ['a blank value', 'k', ' ', false],
  ['a value beyond ASCII', 'k', 'café 🙃', true],
  ['quotes and backslashes', '"k"', '"v"\\', true],
  ['a value that is a number', 'k', 7, false],
  ['no value', 'k', undefined, false],
] as const) {
  test(`an attribute with ${what} ${fits ? 'is valid' : 'is invalid'}`, (t) =>
    t.is(isAttribute(key, value), fits));
}

for (const [what, entity, fields] of [
  ['a Service of name and environment', { type: 'Service', name: 'n', environment: 'e' }, []],
  ['a Service without an environment, which is detected', { type: 'Service', name: 'n' }, []],
  ['a Service by default', { name: 'n' }, []],
  ['a Service without a name', { type: 'Service', environment: 'e' }, ['name']],
  ['a Service of an empty name', { type: 'Service', name: '', environment: 'e' }, ['name']],
  ['a Service of an empty environment', { type: 'Service', name: 'n', environment: '' }, ['environment']],
  ['a Service with an identifier', { name: 'n', environment: 'e', identifier: 'i' }, ['identifier']],
  ['a Service with a resource type', { name: 'n', environment: 'e', resourceType: 'r' }, ['resourceType']],

  ['a RemoteService of a name', { type: 'RemoteService', name: 'n' }, []],
  ['a RemoteService without a name', { type: 'RemoteService' }, ['name']],
  ['a RemoteService of an empty name', { type: 'RemoteService', name: ' ' }, ['name']],
  [
    'a RemoteService with an environment',
    { type: 'RemoteService', name: 'n', environment: 'e' },
    ['environment'],
  ],
  [
    'a RemoteService with an identifier',
    { type: 'RemoteService', name: 'n', identifier: 'i' },
    ['identifier'],
  ],

  ['an AWS::Service of a name', { type: 'AWS::Service', name: 'AWS::DynamoDB' }, []],
  ['an AWS::Service without a name', { type: 'AWS::Service' }, ['name']],
  ['an AWS::Service of an empty name', { type: 'AWS::Service', name: '' }, ['name']],
  [
    'an AWS::Service with an environment',
    { type: 'AWS::Service', name: 'n', environment: 'e' },
    ['environment'],
  ],
  [
    'an AWS::Service with a resource type',
    { type: 'AWS::Service', name: 'n', resourceType: 'r' },
    ['resourceType'],
  ],

  ['a Resource of type and identifier', { type: 'Resource', resourceType: 'K8s::Pod', identifier: 'i' }, []],
  ['a Resource without a type', { type: 'Resource', identifier: 'i' }, ['resourceType']],
  ['a Resource without an identifier', { type: 'Resource', resourceType: 'r' }, ['identifier']],
  ['a Resource of an empty type', { type: 'Resource', resourceType: '', identifier: 'i' }, ['resourceType']],
  [
    'a Resource of an empty identifier',
    { type: 'Resource', resourceType: 'r', identifier: '' },
    ['identifier'],
  ],
  ['a Resource with a name', { type: 'Resource', resourceType: 'r', identifier: 'i', name: 'n' }, ['name']],
  [
    'a Resource with an environment',
    { type: 'Resource', resourceType: 'r', identifier: 'i', environment: 'e' },
    ['environment'],
  ],

  [
    'an AWS::Resource of type and identifier',
    { type: 'AWS::Resource', resourceType: 'AWS::ECS::Cluster', identifier: 'i' },
    [],
  ],
  ['an AWS::Resource without a type', { type: 'AWS::Resource', identifier: 'i' }, ['resourceType']],
  ['an AWS::Resource without an identifier', { type: 'AWS::Resource', resourceType: 'r' }, ['identifier']],
  [
    'an AWS::Resource of an empty identifier',
    { type: 'AWS::Resource', resourceType: 'r', identifier: ' ' },
    ['identifier'],
  ],
  [
    'an AWS::Resource with a name',
    { type: 'AWS::Resource', resourceType: 'r', identifier: 'i', name: 'n' },
    ['name'],
  ],

  ['a name of 512 characters', { name: long(512) }, []],
  ['a name of 513 characters', { name: long(513) }, ['name']],
  ['10 attributes', { name: 'n', attributes: attributes(10) }, []],
  ['11 attributes', { name: 'n', attributes: attributes(11) }, ['attributes']],
  ['no attributes', { name: 'n', attributes: {} }, []],
  [
    '2 bad attributes',
    { name: 'n', attributes: { a: '', b: long(513), c: 'v' } },
    ['attributes', 'attributes'],
  ],
  ['an attribute key of 257 characters', { name: 'n', attributes: { [long(257)]: 'v' } }, ['attributes']],
] as const satisfies readonly (readonly [string, EntityOption, readonly string[]])[]) {
  test(`${what}: ${fields.length === 0 ? 'valid' : `invalid ${fields.join(', ')}`}`, (t) => {
    t.deepEqual(
      validateEntity(entity).map(({ field }) => field),
      [...fields],
    );
  });
}

test('an invalid field is reported with what was expected and what was given', (t) => {
  t.deepEqual(validateEntity({ type: 'RemoteService', name: '', environment: 'e', attributes: { k: '' } }), [
    { field: 'name', expected: '1 to 512 ASCII characters', given: '' },
    { field: 'environment', expected: 'nothing, for an entity of type RemoteService', given: 'e' },
    {
      field: 'attributes',
      expected: 'keys of 1 to 256 and values of 1 to 512 characters',
      given: { k: '' },
    },
  ]);
});

/** The entity on a host without a platform, from options, OpenTelemetry's variables and the host. */
function derive(
  { service, environment }: { service?: string; environment?: string } = {},
  env: Record<string, string> = {},
  given?: EntityOption | false,
) {
  const diagnostics = { problems: [], notes: [] };
  const detected = merge(
    otelAttributes(env, () => false, diagnostics),
    attributesFrom('name of the host', { 'host.name': 'db7' }),
  );
  const { entity, problems } = resolveEntity(given, entitySources({ service, environment }, detected));
  return { entity, problems };
}

function derived(
  options: { service?: string; environment?: string } = {},
  env: Record<string, string> = {},
): { Name: string | undefined; Environment: string | undefined; source: string | undefined } {
  const { entity } = derive(options, env);
  return {
    Name: entity?.keyAttributes.Name,
    Environment: entity?.keyAttributes.Environment,
    source: entity?.attributes['AWS.ServiceNameSource'],
  };
}

test('a service name in the options is enough for an entity, on any host', (t) => {
  t.deepEqual(derive({ service: 'checkout' }), {
    entity: {
      keyAttributes: { Type: 'Service', Name: 'checkout', Environment: 'generic:default' },
      attributes: { PlatformType: 'Generic', Host: 'db7', 'AWS.ServiceNameSource': 'UserConfiguration' },
    },
    problems: [],
  });
});

const OTEL = 'service.name=by-attribute,deployment.environment.name=env-new,deployment.environment=env-old';

for (const [what, options, env, Name, Environment, source] of [
  [
    'options have precedence over everything',
    { service: 'by-user', environment: 'env-user' },
    { OTEL_SERVICE_NAME: 'by-variable', OTEL_RESOURCE_ATTRIBUTES: OTEL },
    'by-user',
    'env-user',
    'UserConfiguration',
  ],
  [
    'the name and the environment each come from the first source that has one',
    { environment: 'env-user' },
    { OTEL_SERVICE_NAME: 'by-variable', OTEL_RESOURCE_ATTRIBUTES: OTEL },
    'by-variable',
    'env-user',
    'Instrumentation',
  ],
  [
    "a name from the options is combined with OpenTelemetry's environment",
    { service: 'by-user' },
    { OTEL_RESOURCE_ATTRIBUTES: OTEL },
    'by-user',
    'env-new',
    'UserConfiguration',
  ],
  [
    'OTEL_SERVICE_NAME has precedence over service.name',
    {},
    { OTEL_SERVICE_NAME: 'by-variable', OTEL_RESOURCE_ATTRIBUTES: OTEL },
    'by-variable',
    'env-new',
    'Instrumentation',
  ],
  [
    'service.name alone',
    {},
    { OTEL_RESOURCE_ATTRIBUTES: OTEL },
    'by-attribute',
    'env-new',
    'Instrumentation',
  ],
  [
    "the older attribute's environment where there is no other",
    {},
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=n,deployment.environment=env-old' },
    'n',
    'env-old',
    'Instrumentation',
  ],
  [
    "the older attribute's environment where the other is empty",
    {},
    {
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=n,deployment.environment.name=,deployment.environment=env-old',
    },
    'n',
    'env-old',
    'Instrumentation',
  ],
  ['a name alone', {}, { OTEL_SERVICE_NAME: 'n' }, 'n', 'generic:default', 'Instrumentation'],
  [
    'a padded OTEL_SERVICE_NAME',
    {},
    { OTEL_SERVICE_NAME: '  n ' },
    'n',
    'generic:default',
    'Instrumentation',
  ],
  [
    'a blank OTEL_SERVICE_NAME',
    {},
    { OTEL_SERVICE_NAME: '  ', OTEL_RESOURCE_ATTRIBUTES: OTEL },
    'by-attribute',
    'env-new',
    'Instrumentation',
  ],
  [
    'an unknown_service in OTEL_SERVICE_NAME',
    {},
    { OTEL_SERVICE_NAME: 'unknown_service:node', OTEL_RESOURCE_ATTRIBUTES: OTEL },
    'by-attribute',
    'env-new',
    'Instrumentation',
  ],
  [
    "Elastic Beanstalk's fixed word in OTEL_SERVICE_NAME",
    {},
    { OTEL_SERVICE_NAME: 'aws_elastic_beanstalk', OTEL_RESOURCE_ATTRIBUTES: OTEL },
    'by-attribute',
    'env-new',
    'Instrumentation',
  ],
  [
    'percent-encoded attributes',
    {},
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a%2Cb%3Dc%20d,deployment.environment=eks%3Aprod%2Fshop' },
    'a,b=c d',
    'eks:prod/shop',
    'Instrumentation',
  ],
  [
    'attributes one of which is malformed',
    {},
    { OTEL_RESOURCE_ATTRIBUTES: 'broken,100%=%,service.name=n,deployment.environment=e' },
    'n',
    'e',
    'Instrumentation',
  ],
  [
    'attributes of which one comes twice',
    {},
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=first,service.name=second' },
    'second',
    'generic:default',
    'Instrumentation',
  ],
  ['padded values', { service: ' n ', environment: ' e ' }, {}, 'n', 'e', 'UserConfiguration'],
] as const) {
  test(`order of sources: ${what}`, (t) => {
    t.deepEqual(derived(options, env), { Name, Environment, source });
  });
}

for (const [what, options, env] of [
  ['the service has no name', {}, {}],
  ['there is only an environment', { environment: 'ecs:prod' }, {}],
  [
    'OpenTelemetry declares only an environment',
    {},
    { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=e' },
  ],
  ['OTEL_SERVICE_NAME is empty', {}, { OTEL_SERVICE_NAME: '', OTEL_RESOURCE_ATTRIBUTES: '' }],
  ['the service is unknown_service', {}, { OTEL_SERVICE_NAME: 'unknown_service' }],
  [
    'the service is unknown_service:node',
    {},
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=unknown_service:node' },
  ],
  [
    'the service is aws_elastic_beanstalk',
    {},
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=aws_elastic_beanstalk' },
  ],
] as const) {
  test(`no entity is sent if ${what}`, (t) => {
    t.deepEqual(derive(options, env), { entity: undefined, problems: [] });
  });
}

test('entity: false sends no entity, whatever else is known', (t) => {
  t.deepEqual(derive({ service: 'checkout' }, { OTEL_SERVICE_NAME: 'x' }, false), {
    entity: undefined,
    problems: [],
  });
});

for (const [what, name] of [
  ['beyond ASCII', 'café'],
  ['of 513 characters', long(513)],
  ['with a control character', 'a\u0007b'],
] as const) {
  test(`a detected name ${what} is ignored and reported`, (t) => {
    const { entity, problems } = derive({}, { OTEL_SERVICE_NAME: name });
    t.is(entity, undefined);
    t.is(problems.length, 1);
    t.regex(problems[0] ?? '', /service name/);
  });
}

test('an unusable environment is ignored and reported, and the next one is used', (t) => {
  const { entity, problems } = derive(
    { service: 'n' },
    { OTEL_RESOURCE_ATTRIBUTES: `deployment.environment=${'caf%C3%A9'}` },
  );
  t.is(entity?.keyAttributes.Environment, 'generic:default');
  t.is(problems.length, 1);
  t.regex(problems[0] ?? '', /environment/);
});

test('an unusable name is ignored, and the next one is used', (t) => {
  const { entity, problems } = resolveEntity(undefined, [
    { serviceName: { value: 'café', from: 'here', source: 'UserConfiguration' } },
    { serviceName: { value: 'n', from: 'there', source: 'Instrumentation' }, environment: known('e') },
  ]);
  t.is(entity?.keyAttributes.Name, 'n');
  t.is(entity?.attributes['AWS.ServiceNameSource'], 'Instrumentation');
  t.deepEqual(problems, ['The service name from here is ignored: it must be 1 to 512 ASCII characters.']);
});

for (const [what, given, keyAttributes] of [
  ['Service', { name: ' n ', environment: ' e ' }, { Type: 'Service', Name: 'n', Environment: 'e' }],
  [
    'Service without an environment',
    { type: 'Service', name: 'n' },
    { Type: 'Service', Name: 'n', Environment: 'env-user' },
  ],
  ['RemoteService', { type: 'RemoteService', name: 'n' }, { Type: 'RemoteService', Name: 'n' }],
  [
    'AWS::Service',
    { type: 'AWS::Service', name: 'AWS::DynamoDB' },
    { Type: 'AWS::Service', Name: 'AWS::DynamoDB' },
  ],
  [
    'Resource',
    { type: 'Resource', resourceType: 'K8s::Pod', identifier: 'prod|shop|pod' },
    { Type: 'Resource', ResourceType: 'K8s::Pod', Identifier: 'prod|shop|pod' },
  ],
  [
    'AWS::Resource',
    { type: 'AWS::Resource', resourceType: ' AWS::ECS::Cluster ', identifier: ' prod ' },
    { Type: 'AWS::Resource', ResourceType: 'AWS::ECS::Cluster', Identifier: 'prod' },
  ],
] as const) {
  test(`a given ${what} is sent with exactly its key attributes`, (t) => {
    const { entity, problems } = derive(
      { service: 'other', environment: 'env-user' },
      { OTEL_SERVICE_NAME: 'other' },
      given,
    );
    t.deepEqual(entity?.keyAttributes, keyAttributes);
    t.deepEqual(problems, []);
  });
}

test('the attributes of a given entity replace all detected ones, and are trimmed', (t) => {
  const given = { name: 'n', attributes: { ' PlatformType ': ' AWS::EC2 ', Café: '"ü"' } };
  t.deepEqual(derive({}, {}, given).entity?.attributes, { PlatformType: 'AWS::EC2', Café: '"ü"' });
});

test('a given entity without attributes has none', (t) => {
  t.deepEqual(derive({}, {}, { name: 'n' }).entity?.attributes, {});
});

const known = (value: string): ResourceAttribute => ({ value, from: 'here' });
const facts = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, known(value)]));
const named: EntitySource = {
  serviceName: { ...known('n'), source: 'UserConfiguration' },
  environment: known('e'),
};

test('of more than ten attributes, the first ten are sent and the others are reported', (t) => {
  const { entity, problems } = resolveEntity(undefined, [
    { ...named, attributes: facts({ mine: 'first' }) },
    { attributes: facts(attributes(10)) },
  ]);
  const sent = ['mine', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8'];
  t.deepEqual(Object.keys(entity?.attributes ?? {}), sent);
  t.deepEqual(problems, [
    'An entity has at most 10 attributes, so these are ignored: a9, AWS.ServiceNameSource.',
  ]);
});

test('ten attributes are all sent', (t) => {
  const { entity, problems } = resolveEntity(undefined, [{ ...named, attributes: facts(attributes(9)) }]);
  t.is(Object.keys(entity?.attributes ?? {}).length, 10);
  t.is(entity?.attributes['AWS.ServiceNameSource'], 'UserConfiguration');
  t.deepEqual(problems, []);
});

test('of two attributes with the same key, the first counts', (t) => {
  const { entity } = resolveEntity(undefined, [
    { ...named, attributes: facts({ Host: 'first' }) },
    { attributes: facts({ Host: 'second' }) },
  ]);
  t.is(entity?.attributes.Host, 'first');
});

test('an attribute that the service would reject is ignored and reported', (t) => {
  const { entity, problems } = resolveEntity(undefined, [
    { ...named, attributes: facts({ empty: '', long: long(513), good: 'v' }) },
  ]);
  t.deepEqual(entity?.attributes, { good: 'v', 'AWS.ServiceNameSource': 'UserConfiguration' });
  t.is(problems.length, 2);
});

test('no name source is sent if AWS has no term for it', (t) => {
  const { entity } = resolveEntity(undefined, [{ serviceName: known('n'), environment: known('e') }]);
  t.deepEqual(entity?.attributes, {});
});

test('each part of the entity has its source', (t) => {
  const sources = [
    { serviceName: { value: 'n', from: 'a' } },
    { environment: { value: 'e', from: 'b' }, attributes: { Host: { value: 'h', from: 'c' } } },
  ];
  t.deepEqual(resolveEntity(undefined, sources).origins, { Name: 'a', Environment: 'b', Host: 'c' });
  t.deepEqual(resolveEntity({ name: 'n', attributes: { k: 'v' } }, sources).origins, {
    Name: 'UserConfiguration',
    Environment: 'b',
    k: 'UserConfiguration',
  });
});
