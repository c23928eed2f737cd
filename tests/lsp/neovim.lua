-- A real client: headless Neovim opens the list of a copy of the fixture, sees what is wrong, applies a quick fix, edits values
-- without saving them, hovers and completes. Run by tests/lsp/neovim.rs; for Neovim 0.7 (Debian 12) and newer.
--   MIRRORLINT: the binary. WORKSPACE: the copy. Exits 0 when everything was as it should be.

local workspace, binary = vim.env.WORKSPACE, vim.env.MIRRORLINT

local helpers = dofile(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':h') .. '/neovim_session.lua')
local check, eventually = helpers.check, helpers.eventually

local client

local function open(path)
  vim.cmd('edit ' .. vim.fn.fnameescape(workspace .. '/' .. path))
  local buffer = vim.api.nvim_get_current_buf()
  if not client then
    local config = { name = 'mirrorlint', cmd = { binary, 'lsp' }, root_dir = workspace,
      workspace_folders = { { uri = vim.uri_from_fname(workspace), name = 'workspace' } } }
    client = vim.lsp.start_client(config)
  end
  check('attached to ' .. path, vim.lsp.buf_attach_client(buffer, client))
  return buffer
end

local function code(diagnostic)
  return diagnostic.code or diagnostic.user_data.lsp.code
end

-- The diagnostics of a rule that speak of an entry.
local function found(buffer, rule, entry)
  return vim.tbl_filter(function(diagnostic)
    return code(diagnostic) == rule and diagnostic.message:find('`' .. entry .. '`', 1, true) ~= nil
  end, vim.diagnostic.get(buffer))
end

local function line_of(buffer, text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    if line:find(text, 1, true) then
      return number, line
    end
  end
  error('no line with ' .. text)
end

local function session()
  vim.o.hidden = true
  local efa = 'aws-efa-k8s-device-plugin'
  local list = open('tools/ecr-images.conf')

  eventually('the wrong tag is shown', function() return #found(list, 'tag-mismatch', efa) == 1 end)
  local diagnostic = found(list, 'tag-mismatch', efa)[1]
  local related = diagnostic.user_data and diagnostic.user_data.lsp.relatedInformation
  check('it points into the chart', related and related[1].location.uri:find('values.yaml', 1, true) ~= nil)
  local number, line = line_of(list, efa .. '=')
  check('it stands at the tag', diagnostic.lnum == number - 1 and line:sub(diagnostic.col + 1) == 'v0.5.6')

  -- A quick fix, chosen from the menu.
  vim.ui.select = function(items, options, choose)
    for _, item in ipairs(items) do
      if options.format_item(item):find('^Set the tag to v0.5.13') then
        return choose(item)
      end
    end
    error('the fix is not offered')
  end
  vim.api.nvim_win_set_cursor(0, { number, diagnostic.col })
  vim.lsp.buf.code_action()
  eventually('the fix is applied', function()
    local _, now = line_of(list, efa .. '=')
    return now:find(':v0.5.13', 1, true) ~= nil
  end)
  eventually('the finding is gone', function() return #found(list, 'tag-mismatch', efa) == 0 end)
  check('nothing was saved', vim.bo[list].modified)

  -- Values that are edited and not saved.
  local values = open('sagemaker-hyperpod-cli/helm_chart/HyperPodHelmChart/charts/' .. efa .. '/values.yaml')
  local at, tag = line_of(values, 'v0.5.13')
  vim.api.nvim_buf_set_lines(values, at - 1, at, false, { (tag:gsub('v0.5.13', 'v0.5.14')) })
  eventually('the list changes its mind', function()
    local now = found(list, 'tag-mismatch', efa)
    return #now == 1 and now[1].message:find('v0.5.14', 1, true) ~= nil
  end)
  vim.api.nvim_buf_set_lines(values, at - 1, at, false, { tag })
  eventually('and back', function() return #found(list, 'tag-mismatch', efa) == 0 end)

  -- A hover.
  vim.api.nvim_set_current_buf(list)
  vim.api.nvim_win_set_cursor(0, { line_of(list, efa .. '='), 3 })
  vim.lsp.buf.hover()
  eventually('the hover tells who deploys the entry', function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then
        local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
        local text = table.concat(lines, '\n')
        return text:find(efa .. ':0.5.20', 1, true) ~= nil and text:find('values.yaml', 1, true) ~= nil
      end
    end
  end)

  -- A completion: an entry that is missing, with its comments.
  vim.api.nvim_buf_set_lines(list, -1, -1, false, { '', 'neu' })
  local last = vim.api.nvim_buf_line_count(list)
  local params = { textDocument = vim.lsp.util.make_text_document_params(list),
    position = { line = last - 1, character = 3 } }
  local answers = vim.lsp.buf_request_sync(list, 'textDocument/completion', params, helpers.patience)
  local items = answers and answers[client] and answers[client].result or {}
  local missing = vim.tbl_filter(function(item) return item.label:find('neuron', 1, true) ~= nil end, items)
  check('the missing entry is offered', #missing == 1)
  vim.lsp.util.apply_text_edits({ missing[1].textEdit }, list, 'utf-16')
  local before = #vim.tbl_filter(function(one) return code(one) == 'missing-entry' end, vim.diagnostic.get(list))
  eventually('and is missing no more', function()
    local left = vim.tbl_filter(function(one)
      return code(one) == 'missing-entry' and one.message:find('neuron', 1, true) ~= nil
    end, vim.diagnostic.get(list))
    return before >= 0 and #left == 0
  end)
  line_of(list, 'neuron-device-plugin=public.ecr.aws/neuron/neuron-device-plugin:')

  vim.lsp.stop_client(client)
  eventually('the server says goodbye', function() return vim.lsp.client_is_stopped(client) end)
end

helpers.run(session)
