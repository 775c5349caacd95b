import { said } from '../said.js';
import { isKeyValue } from './check.js';
import { type Facts, factsFrom, merge } from './facts.js';
import { type Fetch, Unreached } from './http.js';
import { parseObject } from './json.js';
import type { Place } from './place.js';
import type { Remarks } from './remarks.js';

const ENDPOINT = 'http://169.254.169.254';
const INSTANCE_ID = /^i-[0-9a-f]{8,17}$/;
/** Elastic Beanstalk gives it to all applications of an account, unless told otherwise: it would merge them. */
const BEANSTALK_STOCK_ROLE = 'aws-elasticbeanstalk-ec2-role';
const ROLE = /^[\w+=,.@-]{1,64}$/;

/** The tags that name a service, whatever their case, best first. Of two that differ in case the agent takes the last. */
const SERVICE_TAGS = ['service', 'application', 'app'];

/**
 * What the metadata service of an EC2 instance says, version 2 alone. It is EC2 if it tells an instance's id: others, of
 * other clouds, live at the same address.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export async function ec2Facts({ env, fetch }: Place, signal: AbortSignal, remarks: Remarks): Promise<Facts> {
  if (env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return new Map();
  const told = env.AWS_EC2_METADATA_SERVICE_ENDPOINT;
  const endpoint = (told || ENDPOINT).replace(/\/$/, '');
  try {
    return await ask(fetch, `${endpoint}/latest`, signal);
  } catch (error) {
    const isSilent = error instanceof Unreached || signal.aborted;
    const remark = `The EC2 metadata service at ${endpoint} ${isSilent ? SILENT : `cannot be asked. (${said(error)})`}`;
    // Where the user names the address, somebody is to be there. Else anybody who is not on AWS may refuse or be silent:
    // a problem at each start would be noise, and that somebody is there and refuses says enough.
    if (told) remarks.problems.push(remark);
    else if (isSilent) remarks.notes.push(remark);
    return new Map();
  }
}

/** Into a container whose packets are routed the answer with the token takes two hops, and EC2 often allows one. */
const SILENT =
  "did not answer in time. For a container on an EC2 instance, set the instance's metadata response hop limit to 2; " +
  'on any other machine, AWS_EC2_METADATA_DISABLED=true spares the search.';

/** Rejects when nobody answers as EC2 does. */
async function ask(fetch: Fetch, root: string, signal: AbortSignal): Promise<Facts> {
  const token = await fetch(`${root}/api/token`, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
    signal,
  });
  if (token.status !== 200) throw new Error(`it answers ${token.status}`);
  const headers = { 'x-aws-ec2-metadata-token': token.text.trim() };
  const read: Read = async (path) => {
    // What is not there, or not allowed, is answered otherwise.
    const answer = await fetch(`${root}/meta-data/${path}`, { headers, signal }).catch(() => undefined);
    return answer?.status === 200 ? answer.text.trim() : '';
  };
  const [id, tags, role] = await Promise.all([read('instance-id'), tagFacts(read), roleFacts(read)]);
  if (!INSTANCE_ID.test(id)) throw new Error('it names no instance');
  // Not `host.id`: OpenTelemetry's detector of hosts has the machine's id there.
  const facts = factsFrom('EC2 metadata service', {
    'cloud.platform': 'aws_ec2',
    'aws.ec2.instance.id': id,
  });
  return merge(facts, tags, role);
}

type Read = (path: string) => Promise<string>;

/** Tags are there where the instance's options allow it. */
async function tagFacts(read: Read): Promise<Facts> {
  const keys = (await read('tags/instance/')).split('\n').map((key) => key.trim());
  const value = async (key: string) => (keys.includes(key) ? read(`tags/instance/${encodeURI(key)}`) : '');
  const serviceKeys = SERVICE_TAGS.flatMap(
    (name) => keys.findLast((key) => key.toLowerCase() === name) ?? [],
  );
  const [group = '', ...services] = await Promise.all(
    ['aws:autoscaling:groupName', ...serviceKeys].map(value),
  );
  // Where none is of use, it is told of the first.
  const best = Math.max(services.findIndex(isKeyValue), 0);
  return merge(
    factsFrom('instance tag aws:autoscaling:groupName', {
      'ec2.tag.aws:autoscaling:groupName': group,
    }),
    factsFrom(`instance tag ${serviceKeys[best]}`, { 'ec2.tag.service': services[best] }),
  );
}

async function roleFacts(read: Read): Promise<Facts> {
  const [role = ''] = (await read('iam/security-credentials/')).split('\n');
  return factsFrom('IAM role', {
    'aws.iam.role.name': ROLE.test(role) && role !== BEANSTALK_STOCK_ROLE ? role : '',
  });
}

const BEANSTALK = '/var/elasticbeanstalk/xray/environment.conf';

/** Elastic Beanstalk's instances are EC2's, and have a file that names their environment. */
export async function beanstalkFacts({ readFile }: Place): Promise<Facts> {
  const conf = parseObject(await readFile(BEANSTALK).catch(() => ''));
  if (typeof conf.environment_name !== 'string') return new Map();
  return factsFrom('Elastic Beanstalk', {
    'cloud.platform': 'aws_elastic_beanstalk',
    'aws.elasticbeanstalk.environment.name': conf.environment_name,
  });
}
