export const fromNodeProviderChain = () => () => undefined;
