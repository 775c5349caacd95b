import { logger } from '@/logger.js';

export const dynamic = 'force-dynamic';

export function GET() {
  logger.info('order placed');
  return new Response('thank you');
}
