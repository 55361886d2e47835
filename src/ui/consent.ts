/** Asks on stderr, because stdout belongs to the result; No is what Enter means. */
export async function consent(question: string): Promise<boolean> {
  const {createPromptModule} = await import('inquirer').then(({default: inquirer}) => inquirer);
  const prompt = createPromptModule({output: process.stderr});
  const {agreed} = await prompt<{agreed: boolean}>([
    {type: 'confirm', name: 'agreed', message: question, default: false},
  ]);
  return agreed;
}
