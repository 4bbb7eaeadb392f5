-- wrk: POST of /disassociate/reason, each account once. Arguments: file of "cookie csrf once", skip so many lines, threads.
-- Each thread takes its own share; an answer that is not 303 to the request's page is an error.
local threads, posts, next_post, bad = {}, {}, 0, 0

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init(args)
  local line_n, skip, of = 0, tonumber(args[2]), tonumber(args[3])
  for line in io.lines(args[1]) do
    line_n = line_n + 1
    if line_n > skip and line_n % of == number then
      local cookie, csrf, once = line:match("(%S+) (%S+) (%S+)")
      posts[#posts + 1] = wrk.format("POST", "/disassociate/reason",
        { Cookie = cookie, ["Content-Type"] = "application/x-www-form-urlencoded" },
        "csrf=" .. csrf .. "&once=" .. once .. "&rev=1&reason=PRICE&details=")
    end
  end
  taken, refused = 0, 0
end

function request()
  next_post = next_post + 1
  if next_post > #posts then
    refused = refused + 1000000           -- more accounts are needed
    next_post = 1
  end
  return posts[next_post]
end

function response(status, headers, body)
  if status == 303 and (headers["Location"] or ""):find("^/disassociate/submitted/") then
    taken = taken + 1
  else
    refused = refused + 1
  end
end

function done(summary, latency, requests)
  local all, bad = 0, 0
  for _, thread in ipairs(threads) do
    all = all + thread:get("taken")
    bad = bad + thread:get("refused")
  end
  io.write(string.format("BENCH %d %d %d %d %d\n", all, summary.duration, latency:percentile(50), latency:percentile(99), bad))
end
