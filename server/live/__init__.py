"""A set that goes on: signal and taps in; states, records and the memory of it out.

`patient_stream` owns what follows one patient, `live_pair` which of two sensors is on the page;
`set_follower` joins the tracker and `live_set`, the pure reducer; `record_keeping` and
`live_memory` say what is kept; `live_state` and `broadcast` what is shown; `recall` and `following`
take a set up again after a restart.
"""
