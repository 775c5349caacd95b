/** @type {import('next').NextConfig} */
export default {
  output: 'standalone',
  serverExternalPackages: ['@putlogs/pino', 'pino'],
};
