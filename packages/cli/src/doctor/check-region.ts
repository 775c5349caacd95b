import { classify } from '@putlogs/core/internal';
import type { AwsAccess } from '../aws/access.js';
import { flagOf, type Given, originOf } from '../flags/option-flags.js';
import { command, type Findings } from './findings.js';

/** @returns undefined if no request can be sent */
export async function checkRegion(
  findings: Findings,
  access: AwsAccess,
  given: Given,
): Promise<string | undefined> {
  try {
    const region = await access.region();
    const origin = originOf('region', given);
    findings.add('PL-REGION', `${region} (${origin === 'default' ? 'AWS profile' : origin})`);
    return region;
  } catch (error) {
    const { failure } = classify(error);
    if (failure.name === 'RegionInvalid') findings.add('PL-REGION-INVALID', failure.message);
    else
      findings.add('PL-REGION-MISSING', 'No AWS Region is known.', {
        details: [
          `Looked at: ${flagOf('region')}, PUTLOGS_REGION, AWS_REGION, AWS_DEFAULT_REGION, the AWS profile`,
        ],
        fix: command`export AWS_REGION=eu-central-1`,
      });
    return undefined;
  }
}
