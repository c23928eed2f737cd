-- The documented set-up for Neovim 0.11 and newer, in headless Neovim: no more than that is configured. Run by
-- tests/lsp/neovim.rs; exits 0 when everything was as it should be. WORKSPACE: a copy of the fixture.

local workspace = vim.env.WORKSPACE

local helpers = dofile(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':h') .. '/neovim_session.lua')
local check, eventually = helpers.check, helpers.eventually

local function of_rule(rule)
  return vim.tbl_filter(function(diagnostic) return diagnostic.code == rule end, vim.diagnostic.get(0))
end

local function session()
  vim.o.hidden = true
  vim.cmd.edit(vim.fn.fnameescape(workspace .. '/tools/ecr-images.conf'))
  eventually('wrong tags are shown', function() return #of_rule('tag-mismatch') == 2 end)
  local client = vim.lsp.get_clients({ bufnr = 0 })[1]
  check('the root is the workspace', client.name == 'mirrorlint' and client.root_dir == workspace)
  local efa = of_rule('tag-mismatch')[1]
  local lsp = efa.user_data.lsp
  check('it points into the chart', lsp.relatedInformation[1].location.uri:find('values.yaml', 1, true) ~= nil)
  check('the message is one line', not efa.message:find('\n', 1, true))
  check('its page is known', lsp.codeDescription.href:find('/rules/tag-mismatch.md', 1, true) ~= nil)

  vim.lsp.inlay_hint.enable(true)
  eventually('hints tell the deployed tags', function() return #vim.lsp.inlay_hint.get({ bufnr = 0 }) == 2 end)

  vim.api.nvim_win_set_cursor(0, { efa.lnum + 1, efa.col })
  vim.lsp.buf.definition()
  eventually('the definition is the values line', function()
    return vim.api.nvim_buf_get_name(0):find('values.yaml', 1, true) ~= nil
      and vim.api.nvim_get_current_line():find('v0.5.13', 1, true) ~= nil
  end)
  eventually('values are open in the server, too', function() return #vim.lsp.get_clients({ bufnr = 0 }) == 1 end)
  vim.api.nvim_set_current_line((vim.api.nvim_get_current_line():gsub('v0.5.13', 'v0.5.14')))
  vim.cmd.buffer('ecr-images.conf')
  eventually('the list changes its mind', function() return of_rule('tag-mismatch')[1].message:find('v0.5.14', 1, true) end)

  vim.api.nvim_win_set_cursor(0, { efa.lnum + 1, efa.col })
  vim.lsp.buf.code_action({ apply = true, filter = function(action) return action.isPreferred end })
  eventually('the preferred fix is applied', function() return #of_rule('tag-mismatch') == 1 end)
  check('it is the tag', vim.api.nvim_get_current_line():find(':v0.5.14', 1, true) ~= nil)
  vim.lsp.buf.code_action({ apply = true, context = { diagnostics = {}, only = { 'source.fixAll.mirrorlint' } } })
  eventually('all fixes are applied', function() return #vim.diagnostic.get(0) == 0 end)
end

helpers.run(session)
