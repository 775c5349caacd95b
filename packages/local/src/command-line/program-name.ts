/** `putlogs local`, which runs this program, sets the path of the script to its own name. */
export const PROGRAM_NAME = process.argv[1] === 'putlogs local' ? 'putlogs local' : 'putlogs-local';
