// SPDX-License-Identifier: Apache-2.0

enum Help {
    static let discussion = """
        Point any Bitrix24 client at the printed webhook address, http://127.0.0.1:PORT/rest/1/secret/, or send an \
        application's token (access-1) to http://127.0.0.1:PORT/rest/. A person lets an application in at \
        http://127.0.0.1:PORT/oauth/authorize/?client_id=local.app; tokens come from /oauth/token/. It answers as a portal's server does, \
        including its oddities, and remembers everything in memory, or in a file with --state.

        Look at what came of it in a browser at http://127.0.0.1:PORT/, or as JSON at /audit. GET /control tells how \
        to add users, dismiss them or inject faults while it runs; POST /audit/reset forgets all calls.

        Without options it is a fast and patient portal: no costs, no limits. The meanest everyday portal is

          bitrix24-sim --costs documented --limiter B --rate-limit on

        and the same a hundred times faster, every duration divided by 100,

          bitrix24-sim --costs documented --limiter B --rate-limit on --time-scale 100

        Try it:

          bitrix24-sim --fault drop-after@2 &
          p=http://127.0.0.1:8024/rest/1/secret
          curl $p/user.get?ID=7
          curl $p/telephony.externalCall.register -d 'USER_ID=7&TYPE=2&PHONE_NUMBER=55'
          curl http://127.0.0.1:8024/audit

        Faults are KIND@N (the Nth REST request), KIND@N..M, KIND@METHOD:N (the Nth request that calls a method with \
        this in its name), or KIND=RATE with --fault-rate. Kinds:

          drop-before             the connection is closed, nothing is done
          drop-after              everything is done, then the connection is closed
          error-after=STATUS      everything is done, then a JSON error
          html-after[=STATUS]     everything is done, then the gateway's page
          truncate, garbage       everything is done, then half a body, or no JSON
          odd-error-before, odd-error-after
                                  each finish fails in words that nobody has documented, before or
                                  after it has written its row; the call stays unfinished
          stall[=SECONDS]         held before the work (real seconds), or until
                                  POST /control {"release": N}
          stall-after[=SECONDS]   held between the work and the reply
          rate-limit              503 QUERY_LIMIT_EXCEEDED, nothing is done
          operating-limit         429 OPERATION_TIME_LIMIT, nothing is done
          redirect                302 to the portal's other name, this request only
          renamed                 302 for the old name from here on
          expired-token           401 expired_token
          dismiss=USER            the user is dismissed, then the request is done
          unavailable             the gateway's 502 page, nothing is done
          kill=COMMANDS           the server dies after so many batch commands
          restart                 running requests are lost, the data is kept
          statistics-delay=SECONDS
                                  from here on new rows are seen so late

        A request goes on working when its client hangs up, until it is done or --request-cap cuts it.
        """
}
