-- wrk: GET of one path by many customers in turn. Arguments: path, file of session cookies ("-": none).
local requests, n = {}, 0

function init(args)
  if args[2] == "-" then
    requests[1] = wrk.format("GET", args[1])
  else
    for cookie in io.lines(args[2]) do
      requests[#requests + 1] = wrk.format("GET", args[1], { Cookie = cookie })
    end
  end
end

function request()
  n = n % #requests + 1
  return requests[n]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("BENCH %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
