// The one rule that oxlint does not have: `new Date()` without arguments reads the clock, `new Date(value)` does not.
const noClock = {
  create: (context) => ({
    NewExpression(node) {
      if (node.callee.name === 'Date' && node.arguments.length === 0) {
        context.report({ node, message: 'The clock is handed in: pure code gets the time as an argument.' });
      }
    },
  }),
};

export default { meta: { name: 'purity' }, rules: { 'no-clock': noClock } };
