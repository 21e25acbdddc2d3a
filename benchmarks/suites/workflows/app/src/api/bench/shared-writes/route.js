const { shared } = require("../../../workflows/writes");

module.exports = {
  POST: async (req, res) => {
    const { result } = await shared(req.scope).run({ input: req.body });
    res.status(201).json({ result });
  },
};
