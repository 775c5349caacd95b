export const settings = { name: 'web', useKeys: true, json: true, cloudWatch: { logGroupName: '/shop/spread' } };
