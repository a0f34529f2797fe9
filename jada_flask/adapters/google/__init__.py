"""Google: the audit inbox by Gmail, the operator's summary by Apps Script."""
