const { journalled } = require("../../../workflows/writes");

module.exports = {
  POST: async (req, res) => {
    const { result } = await journalled(req.scope).run({ input: req.body });
    res.status(201).json({ result });
  },
};
