import { errorMessage } from '../../util/error-message.js';
import { ConnectTimeoutError, type Fetch } from '../../util/http-fetch.js';
import { parseObject } from '../../util/json.js';
import type { Diagnostics } from '../diagnostics.js';
import { attributesFrom, merge, type ResourceAttributes } from '../resource-attributes.js';
import type { RuntimeEnvironment } from '../runtime-environment.js';
import { isKeyValue } from '../validate-entity.js';

const ENDPOINT = 'http://169.254.169.254';
const INSTANCE_ID = /^i-[0-9a-f]{8,17}$/;
/** Elastic Beanstalk gives this role to all applications of an account by default. As a name it would merge them. */
const BEANSTALK_STOCK_ROLE = 'aws-elasticbeanstalk-ec2-role';
const ROLE = /^[\w+=,.@-]{1,64}$/;

/** The tags that name a service, in any case, best first. Of two that differ in case only, the agent uses the last. */
const SERVICE_TAGS = ['service', 'application', 'app'];

/**
 * Asks the metadata service of an EC2 instance (version 2 only). Only an answer with an instance id counts as EC2, since
 * other clouds use the same address.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export async function ec2Attributes(
  { env, fetch }: RuntimeEnvironment,
  signal: AbortSignal,
  diagnostics: Diagnostics,
): Promise<ResourceAttributes> {
  if (env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return new Map();
  const told = env.AWS_EC2_METADATA_SERVICE_ENDPOINT;
  const endpoint = (told || ENDPOINT).replace(/\/$/, '');
  try {
    return await ask(fetch, `${endpoint}/latest`, signal);
  } catch (error) {
    const isSilent = error instanceof ConnectTimeoutError || signal.aborted;
    const remark = `The EC2 metadata service at ${endpoint} ${isSilent ? SILENT : `cannot be asked. (${errorMessage(error)})`}`;
    // When the user names the address, a service should be there. Otherwise the program may well run outside of AWS, and
    // a problem at each start would be noise.
    if (told) diagnostics.problems.push(remark);
    else if (isSilent) diagnostics.notes.push(remark);
    return new Map();
  }
}

/** The answer with the token takes two hops into a container with a network of its own, and EC2 often allows only one. */
const SILENT =
  "did not answer in time. For a container on an EC2 instance, set the instance's metadata response hop limit to 2; " +
  'on any other machine, AWS_EC2_METADATA_DISABLED=true spares the search.';

/** Rejects when no answer is like EC2's. */
async function ask(fetch: Fetch, root: string, signal: AbortSignal): Promise<ResourceAttributes> {
  const token = await fetch(`${root}/api/token`, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
    signal,
  });
  if (token.status !== 200) throw new Error(`it answers ${token.status}`);
  const headers = { 'x-aws-ec2-metadata-token': token.text.trim() };
  const read: Read = async (path) => {
    // A value that does not exist or is not allowed has another status.
    const answer = await fetch(`${root}/meta-data/${path}`, { headers, signal }).catch(() => undefined);
    return answer?.status === 200 ? answer.text.trim() : '';
  };
  const [id, tags, role] = await Promise.all([
    read('instance-id'),
    tagAttributes(read),
    roleAttributes(read),
  ]);
  if (!INSTANCE_ID.test(id)) throw new Error('it names no instance');
  // Not `host.id`, which is the machine id in OpenTelemetry's host detector.
  const facts = attributesFrom('EC2 metadata service', {
    'cloud.platform': 'aws_ec2',
    'aws.ec2.instance.id': id,
  });
  return merge(facts, tags, role);
}

type Read = (path: string) => Promise<string>;

/** Tags are available if the instance's metadata options allow it. */
async function tagAttributes(read: Read): Promise<ResourceAttributes> {
  const keys = (await read('tags/instance/')).split('\n').map((key) => key.trim());
  const value = async (key: string) => (keys.includes(key) ? read(`tags/instance/${encodeURI(key)}`) : '');
  const serviceKeys = SERVICE_TAGS.flatMap(
    (name) => keys.findLast((key) => key.toLowerCase() === name) ?? [],
  );
  const [group = '', ...services] = await Promise.all(
    ['aws:autoscaling:groupName', ...serviceKeys].map(value),
  );
  // If none is usable, the problem is reported for the first.
  const best = Math.max(services.findIndex(isKeyValue), 0);
  return merge(
    attributesFrom('instance tag aws:autoscaling:groupName', {
      'ec2.tag.aws:autoscaling:groupName': group,
    }),
    attributesFrom(`instance tag ${serviceKeys[best]}`, { 'ec2.tag.service': services[best] }),
  );
}

async function roleAttributes(read: Read): Promise<ResourceAttributes> {
  const [role = ''] = (await read('iam/security-credentials/')).split('\n');
  return attributesFrom('IAM role', {
    'aws.iam.role.name': ROLE.test(role) && role !== BEANSTALK_STOCK_ROLE ? role : '',
  });
}

const BEANSTALK = '/var/elasticbeanstalk/xray/environment.conf';

/** Elastic Beanstalk runs on EC2 instances that have a file with the name of the environment. */
export async function beanstalkAttributes({ readFile }: RuntimeEnvironment): Promise<ResourceAttributes> {
  const conf = parseObject(await readFile(BEANSTALK).catch(() => ''));
  if (typeof conf?.environment_name !== 'string') return new Map();
  return attributesFrom('Elastic Beanstalk', {
    'cloud.platform': 'aws_elastic_beanstalk',
    'aws.elasticbeanstalk.environment.name': conf.environment_name,
  });
}
