import sdk from './sdk-config.cjs';

/**
 * The Region: that of the option, else what the SDK finds. By itself the SDK stops looking at a variable AWS_REGION that is set to
 * an empty string, or at an empty Region of a profile.
 */
export function regionOf({
  region,
  profile,
}: {
  readonly region: string | undefined;
  readonly profile: string | undefined;
}): string | (() => Promise<string>) {
  if (region !== undefined) return region;
  const { environmentVariableSelector, configFileSelector, ...rest } = sdk.NODE_REGION_CONFIG_OPTIONS;
  return sdk.loadConfig<string>(
    {
      ...rest,
      environmentVariableSelector: (env) => environmentVariableSelector(env) || undefined,
      configFileSelector: (section) => configFileSelector(section) || undefined,
    },
    { ...sdk.NODE_REGION_CONFIG_FILE_OPTIONS, ...(profile !== undefined && { profile }) },
  );
}
