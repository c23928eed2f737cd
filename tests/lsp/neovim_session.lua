-- What the sessions in headless Neovim share: checks, waiting, and the way out.

-- How long to wait for anything, in milliseconds.
local session = { patience = 30000 }

function session.check(what, ok)
  if not ok then
    error('not as it should be: ' .. what, 2)
  end
  print('ok: ' .. what)
end

function session.eventually(what, condition)
  session.check(what, vim.wait(session.patience, condition, 20))
end

-- Runs a session and ends Neovim: with 1 and what went wrong, or with 0.
function session.run(steps)
  local ok, message = xpcall(steps, debug.traceback)
  if not ok then
    io.stderr:write(message .. '\n')
    vim.cmd('cquit 1')
  end
  vim.cmd('qall!')
end

return session
