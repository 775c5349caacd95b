import { errorMessage } from '../../util/error-message.js';
import { ConnectTimeoutError, type Fetch } from '../../util/http-fetch.js';
import { parseObject } from '../../util/json.js';
import type { Diagnostics } from '../diagnostics.js';
import { attributesFrom, merge, type ResourceAttributes } from '../resource-attributes.js';
import type { RuntimeEnvironment } from '../runtime-environment.js';
import { isKeyValue } from '../validate-entity.js';

const ENDPOINT = 'http://169.254.169.254';
const INSTANCE_ID = /^i-[0-9a-f]{8,17}$/;
/**
 * By default all applications of an account have this role on Elastic Beanstalk. As a service name it would merge them.
 */
const BEANSTALK_STOCK_ROLE = 'aws-elasticbeanstalk-ec2-role';
const ROLE = /^[\w+=,.@-]{1,64}$/;

/**
 * The tags that name a service, best first and in any case. Of tags that differ only in case, the last counts, as in
 * the agent.
 */
const SERVICE_TAGS = ['service', 'application', 'app'];

/**
 * Asks the metadata service of an EC2 instance (IMDSv2). Only an answer with an instance id counts as EC2, since other
 * clouds use the same address.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export async function ec2Attributes(
  { env, fetch }: RuntimeEnvironment,
  signal: AbortSignal,
  diagnostics: Diagnostics,
): Promise<ResourceAttributes> {
  if (env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return new Map();
  const declared = env.AWS_EC2_METADATA_SERVICE_ENDPOINT;
  const endpoint = (declared || ENDPOINT).replace(/\/$/, '');
  try {
    return await ask(fetch, `${endpoint}/latest`, signal);
  } catch (error) {
    const isSilent = error instanceof ConnectTimeoutError || signal.aborted;
    const what = isSilent ? NO_ANSWER : `${UNUSABLE} (${errorMessage(error)})`;
    const diagnosis = `The EC2 metadata service at ${endpoint} ${what}`;
    // If the user sets the address, a service is expected there. Otherwise the program probably runs outside of AWS,
    // and a problem at each start would be noise.
    if (declared) diagnostics.problems.push(diagnosis);
    else if (isSilent) diagnostics.notes.push(diagnosis);
    return new Map();
  }
}

/** The response with the token needs two hops into a container with its own network, and EC2 often allows only one. */
const NO_ANSWER =
  "did not answer in time. For a container on an EC2 instance, set the instance's metadata response hop limit to 2; " +
  'on any other machine, set AWS_EC2_METADATA_DISABLED=true to skip this detection.';

const UNUSABLE =
  'cannot be used, so instance, tags and role are unknown. Check AWS_EC2_METADATA_SERVICE_ENDPOINT.';

/** Rejects unless the service answers like EC2's. */
async function ask(fetch: Fetch, root: string, signal: AbortSignal): Promise<ResourceAttributes> {
  const token = await fetch(`${root}/api/token`, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
    signal,
  });
  if (token.status !== 200) throw new Error(`it answered with status ${token.status}`);
  const headers = { 'x-aws-ec2-metadata-token': token.text.trim() };
  const read: Read = async (path) => {
    // A value that does not exist, or that the instance may not read, has another status.
    const answer = await fetch(`${root}/meta-data/${path}`, { headers, signal }).catch(() => undefined);
    return answer?.status === 200 ? answer.text.trim() : '';
  };
  const [id, tags, role] = await Promise.all([
    read('instance-id'),
    tagAttributes(read),
    roleAttributes(read),
  ]);
  if (!INSTANCE_ID.test(id)) throw new Error('it returned no instance id');
  // Not `host.id`, which is the machine id in OpenTelemetry's host detector.
  const instance = attributesFrom('EC2 metadata service', {
    'cloud.platform': 'aws_ec2',
    'aws.ec2.instance.id': id,
  });
  return merge(instance, tags, role);
}

type Read = (path: string) => Promise<string>;

/** Tags can be read if the instance's metadata options allow it. */
async function tagAttributes(read: Read): Promise<ResourceAttributes> {
  const keys = (await read('tags/instance/')).split('\n').map((key) => key.trim());
  const value = async (key: string) => (keys.includes(key) ? read(`tags/instance/${encodeURI(key)}`) : '');
  const serviceKeys = SERVICE_TAGS.flatMap(
    (name) => keys.findLast((key) => key.toLowerCase() === name) ?? [],
  );
  const [group = '', ...services] = await Promise.all(
    ['aws:autoscaling:groupName', ...serviceKeys].map(value),
  );
  // If none is usable, a problem is reported for the first.
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

/** Elastic Beanstalk runs on EC2 instances, with a file that contains the name of the environment. */
export async function beanstalkAttributes({ readFile }: RuntimeEnvironment): Promise<ResourceAttributes> {
  const conf = parseObject(await readFile(BEANSTALK).catch(() => ''));
  if (typeof conf?.environment_name !== 'string') return new Map();
  return attributesFrom('Elastic Beanstalk', {
    'cloud.platform': 'aws_elastic_beanstalk',
    'aws.elasticbeanstalk.environment.name': conf.environment_name,
  });
}
