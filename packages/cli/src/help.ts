import type { Command } from 'commander';

/** `kd help run`: help on a command. One that does not exist is wrong usage; commander's own says nothing of it. */
export function addHelp(program: Command): void {
  for (const command of [program, ...program.commands.filter(({ commands }) => commands.length > 0)]) {
    command.helpCommand(false).command('help').description('help on a command').argument('[commands...]').action((names: readonly string[]) => {
      names.reduce(inner, command).help();
    });
  }
}

function inner(command: Command, name: string): Command {
  return command.commands.find((known) => known.name() === name) ?? command.error(`error: unknown command '${name}'`);
}
