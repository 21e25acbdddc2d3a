/** Tells which optional features are on: `featureFlagRouter` in the container. */
export interface FeatureFlags {
  isFeatureEnabled(flag: string | string[]): boolean;
  listFlags(): { key: string; value: boolean }[];
}

/** Reads flags from the config; a flag that it does not name is off. */
export function featureFlags(config: Record<string, unknown>): FeatureFlags {
  const isOn = (flag: string) => config[flag] === true || config[flag] === "true";
  return {
    isFeatureEnabled: (flag) => [flag].flat().every(isOn),
    listFlags: () => Object.keys(config).map((key) => ({ key, value: isOn(key) })),
  };
}
