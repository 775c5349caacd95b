import { LogGroupClass } from '@aws-sdk/client-cloudwatch-logs';
import { OPTIONS } from '@putlogs/core/internal';
import test from 'ava';
import { membersOf } from '../../support/service-model.js';

const NO_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  CreateLogGroup: [],
  PutLogEvents: [
    'logEvents', // the records
    'sequenceToken', // the service has ignored it since 2023
  ],
};

for (const [operation, noOptions] of Object.entries(NO_OPTIONS)) {
  test(`every member of ${operation} is an option, or named here`, (t) => {
    const missing = membersOf(operation).filter((member) => !Object.hasOwn(OPTIONS, member));
    t.deepEqual(missing.toSorted(), noOptions.toSorted());
  });
}

test('every log class of the service is accepted', (t) => {
  const classes = Object.values(LogGroupClass);
  t.true(classes.length > 0);
  t.deepEqual(
    classes.filter((logGroupClass) => !OPTIONS.logGroupClass.accepts(logGroupClass)),
    [],
  );
});
