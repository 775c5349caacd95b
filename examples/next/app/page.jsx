import { logger } from '@/logger.js';

export const dynamic = 'force-dynamic';

export default function Page() {
  logger.info('page rendered');
  return <h1>Orders</h1>;
}
